/** Wall-clock time of a zone. Moments are epoch milliseconds, wall-clock times are what the clock shows as if it were UTC. */

const minute = 60_000
const day = 24 * 60 * minute

const formats = new Map<string, Intl.DateTimeFormat>()

/** @returns what the clock on the wall shows at a moment, as the moment of UTC with the same digits */
export function wallClock(at: number, zone: string): number {
  let format = formats.get(zone)
  if (!format) {
    const parts = {
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    } as const
    format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', { timeZone: zone, hourCycle: 'h23', ...parts })
    formats.set(zone, format)
  }
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
  const { year, month, day: date, hour, minute: minutes, second } = part as Record<string, number>
  return Date.UTC(year!, month! - 1, date, hour, minutes, second) + (((at % 1000) + 1000) % 1000)
}

/**
 * The moments at which the clock on the wall shows a time: one as a rule, two when it is set back over it, none when it is
 * set forward over it.
 */
export function momentsOf(wall: number, zone: string): number[] {
  const offsets = [wall - day, wall + day].map((at) => wallClock(at, zone) - at)
  const moments = [...new Set(offsets)].map((offset) => wall - offset)
  return moments.filter((at) => wallClock(at, zone) === wall).toSorted((a, b) => a - b)
}

/**
 * The first moment after another at which the clock shows a time of day; when the clock is set forward over that time, the
 * moment at which it would have been there without.
 * @param minutes since midnight
 */
export function nextTimeOfDay(after: number, minutes: number, zone: string): number {
  const midnight = Math.floor(wallClock(after, zone) / day) * day
  for (let days = 0; ; days++) {
    const wall = midnight + days * day + minutes * minute
    const [first] = momentsOf(wall, zone).filter((at) => at > after)
    if (first !== undefined) return first
    const skipped = wall - (wallClock(wall - day, zone) - (wall - day))
    if (momentsOf(wall, zone).length === 0 && skipped > after) return skipped
  }
}

/** A time that the clock is moved over. */
export interface ClockChange {
  /** When it is moved. */
  at: number
  /** By so much forward; negative when it is set back. Milliseconds. */
  by: number
}

/** @returns the moments in a span at which the zone's clock is moved, to the minute, in order */
export function clockChanges(from: number, to: number, zone: string): ClockChange[] {
  const offset = (at: number) => wallClock(at, zone) - at
  const changes: ClockChange[] = []
  for (let at = from - (from % minute); at < to; at += day) {
    const end = Math.min(at + day, to)
    if (offset(at) === offset(end)) continue
    let [before, after] = [at, end]
    while (after - before > minute) {
      const middle = before + Math.floor((after - before) / 2 / minute) * minute
      if (offset(middle) === offset(at)) before = middle
      else after = middle
    }
    changes.push({ at: after, by: offset(end) - offset(at) })
  }
  return changes
}

/** A wall-clock time to the minute, e.g. `2026-10-25 02:30`. */
export function showWall(wall: number): string {
  return new Date(wall).toISOString().slice(0, 16).replace('T', ' ')
}

/** A moment as people of the zone and machines read it: `2026-12-01 02:30 Europe/Berlin (01:30 UTC)`. */
export function moment(at: number, zone: string): string {
  const utc = showWall(at)
  const there = showWall(wallClock(at, zone))
  if (zone === 'UTC') return `${utc} UTC`
  const short = utc.slice(0, 10) === there.slice(0, 10) ? utc.slice(11) : utc
  return `${there} ${zone} (${short} UTC)`
}
