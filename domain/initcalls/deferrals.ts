import type { DriverProbe, TimelineEntry } from './initcall.ts'

/** include/linux/errno.h EPROBE_DEFER: positive when the driver itself put it off, negative when a supplier was missing. */
const deferred = 517
/** ENXIO and ENODEV. */
const notMine = new Set([6, 19])

/** A device whose probe was put off. */
export interface Deferral {
  device: string
  /** The driver that put it off; absent before 7.x, which does not say. */
  driver?: string
  /** The probes that were put off, in order, at least one. */
  tries: DriverProbe[]
  /** The probe that ended it, whether it took the device or failed; absent where none came. */
  ended?: DriverProbe
  /** Seconds of the kernel's clock from the first to the one that ended it; absent where that is not known. */
  seconds?: number
}

/**
 * Takes what `initcall_debug` showed; returns the devices that a driver put off, in the order in which that began. What
 * another driver says of the device meanwhile ends nothing. Before 7.x the lines name no driver: there ENODEV and ENXIO,
 * with which a driver says that the device is not its own, end nothing, and any other answer does.
 */
export function deferrals(timeline: readonly TimelineEntry[]): Deferral[] {
  const found: Deferral[] = []
  const pending = new Map<string, Deferral>()
  for (const entry of timeline) {
    if (entry.kind !== 'probe') continue
    const key = `${entry.name} ${entry.driver ?? ''}`
    const open = pending.get(key)
    if (Math.abs(entry.value) === deferred) {
      if (open) open.tries.push(entry)
      else {
        const first = { device: entry.name, ...(entry.driver && { driver: entry.driver }), tries: [entry] }
        pending.set(key, first)
        found.push(first)
      }
    } else if (open && (entry.driver !== undefined || !notMine.has(entry.value))) {
      end(open, entry)
      pending.delete(key)
    }
  }
  return found
}

function end(open: Deferral, ended: DriverProbe): void {
  open.ended = ended
  const [from, to] = [open.tries[0]?.returned.at, ended.returned.at]
  if (from !== undefined && to !== undefined) open.seconds = to - from
}
