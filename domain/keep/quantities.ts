const hour = 3600_000
const times: Record<string, number> = {
  hour,
  day: 24 * hour,
  week: 7 * 24 * hour,
  month: 30 * 24 * hour,
  year: 365 * 24 * hour,
}
const sizes: Record<string, number> = {
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
}

/** What a file may say for the time that something is kept, e.g. `30 days`, `1 year`; a month has 30 days, a year 365. */
export const agePattern = /^(forever|\d+(\.\d+)? ?(hour|day|week|month|year)s?)$/
/** What a file may say for room on a disk, e.g. `50 GB`, `512 MiB`. */
export const roomPattern = /^\d+(\.\d+)? ?(MB|GB|TB|MiB|GiB|TiB)$/

/** @returns milliseconds for a text that matches `agePattern`; infinitely many for `forever` */
export function parseAge(text: string): number {
  if (text === 'forever') return Infinity
  return Number.parseFloat(text) * times[text.replace(/^[\d. ]+/, '').replace(/s$/, '')]!
}

/** @returns bytes for a text that matches `roomPattern` */
export function parseRoom(text: string): number {
  return Math.round(Number.parseFloat(text) * sizes[text.replace(/^[\d. ]+/, '')]!)
}

/** Bytes for people: `512 MB`, `1.2 GB`; decimal, as disks are sold. */
export function roomInWords(bytes: number): string {
  const units = ['kB', 'MB', 'GB', 'TB']
  if (bytes < 1000) return `${bytes} B`
  let value = bytes / 1000
  let unit = 0
  // What would be shown as 1000 is 1 of the next unit.
  while (Math.round(value) >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} ${units[unit]}`
}
