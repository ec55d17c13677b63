import type { ConsoleLog } from '../console/line.ts'
import { stampOf } from '../console/kernel-message.ts'

/** A console's time index: from which byte on, and when those bytes were read, milliseconds since 1970. */
export interface TimeRow {
  offset: number
  at: number
}

/** A console and when its bytes came. */
export interface TimedConsole {
  log: ConsoleLog
  /** By offset, ascending; empty where no index was kept. */
  times: readonly TimeRow[]
}

/** Reads a time index as it is kept beside a console, `<offset> <milliseconds>` a row; rows that are none are passed over. */
export function parseTimes(text: string): TimeRow[] {
  const rows: TimeRow[] = []
  for (const line of text.split('\n')) {
    const [, offset, at] = /^(\d+) (\d+(?:\.\d+)?)$/.exec(line) ?? []
    if (offset !== undefined && at !== undefined) rows.push({ offset: Number(offset), at: Number(at) })
  }
  return rows
}

/** When a byte was read; undefined before the first row. */
export function arrivalOf(times: readonly TimeRow[], offset: number): number | undefined {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle]!.offset <= offset) low = middle + 1
    else high = middle
  }
  return times[low - 1]?.at
}

/**
 * Host time, milliseconds since 1970, at which the kernel's clock stood at 0; undefined where no line shows it.
 *
 * The kernel stamps a line before it says it, so a line cannot arrive before its stamp, and the line that came quickest
 * is off by what its way took: 0.1 ms of the fraction of a millisecond that a line takes to be said. So no stamped line is
 * placed before its time, and none behind what the kernel did after it had said it. QEMU's virtual counter, from which the
 * stamps come, runs with the host's clock (no icount). The first second's lines all carry 0: they say nothing.
 */
export function kernelEpoch(consoles: readonly TimedConsole[]): number | undefined {
  let epoch: number | undefined
  for (const { log, times } of consoles) {
    for (const { text, offset } of log.lines) {
      const stamp = stampOf(text)
      const arrival = stamp === undefined || stamp === 0 ? undefined : arrivalOf(times, offset)
      if (stamp === undefined || arrival === undefined) continue
      epoch = Math.min(epoch ?? Number.POSITIVE_INFINITY, arrival - stamp * 1000)
    }
  }
  return epoch
}
