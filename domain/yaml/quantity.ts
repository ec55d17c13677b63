const seconds: Record<string, number> = { ms: 0.001, s: 1, min: 60, h: 3600 }
const mebibytes: Record<string, number> = { MiB: 1, GiB: 1024 }

/** What a file may say for a time, e.g. `60 s`, `2 min`, `1.5 h`, `500 ms`. */
export const durationPattern = /^\d+(\.\d+)? ?(ms|s|min|h)$/
/** What a file may say for a size of memory, e.g. `2 GiB`, `512 MiB`. */
export const sizePattern = /^\d+(\.\d+)? ?(MiB|GiB)$/

/** @returns seconds for a text that matches `durationPattern` */
export function parseDuration(text: string): number {
  return quantity(text, seconds)
}

/** @returns MiB for a text that matches `sizePattern` */
export function parseSize(text: string): number {
  return quantity(text, mebibytes)
}

function quantity(text: string, units: Record<string, number>): number {
  const number = Number.parseFloat(text)
  const unit = text.replace(/^[\d. ]+/, '')
  return number * units[unit]!
}
