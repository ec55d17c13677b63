const stamp = /\[ *\d+\.\d{6}\]/
/** Words with which firmware starts its lines: a stamp further on is the kernel speaking into them. */
const firmware = /^(?:(?:ERROR|NOTICE|WARNING|INFO|VERBOSE): |[EIDFM]\/(?:TC|TA|LD|SP)\b)/
/** Characters within which the first stamp of a line must come. */
const longest = 120
/** Lines that must have the same thing before their stamps, and the part of all stamped lines that they must be. */
const enough = { lines: 3, part: 0.25 }

/**
 * Takes the first lines of a file; returns a sticky pattern for what stands before the kernel's stamps there, digits being
 * free (`2026-11-22 R SERIAL-CPU> `, `[  normal ] `, `console.log:17:`), or undefined where most stamps come first.
 */
export function learnPrefix(head: readonly string[]): RegExp | undefined {
  const shapes = new Map<string, number>()
  let stamped = 0
  for (const text of head) {
    const at = text.slice(0, longest).search(stamp)
    if (at < 0) continue
    stamped++
    if (at === 0 || firmware.test(text)) continue
    // The kernel's own `<level>` is not of what stands before its lines.
    const before = text.slice(0, at).replace(/<\d{1,4}>$/, '')
    if (before === '') continue
    const shape = before.replaceAll(/\d+/g, '0')
    shapes.set(shape, (shapes.get(shape) ?? 0) + 1)
  }
  const best = [...shapes].sort((a, b) => b[1] - a[1])[0]
  if (!best || best[1] < enough.lines || best[1] < stamped * enough.part) return undefined
  const source = best[0].replaceAll(/[^\w\s]/g, String.raw`\$&`).replaceAll('0', String.raw`\d+`)
  return new RegExp(source, 'y')
}
