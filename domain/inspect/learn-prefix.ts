const stamp = /\[ *\d+\.\d{6}\]/
/** Words with which firmware starts its lines: a stamp further on is the kernel speaking into them. */
const firmware = /^(?:(?:ERROR|NOTICE|WARNING|INFO|VERBOSE): |[EIDFM]\/(?:TC|TA|LD|SP)\b)/
/** Characters within which the first stamp of a line must come. */
const longest = 120
/** Lines that must have the same thing before their stamps, and the part of all stamped lines that they must be. */
const enough = { lines: 3, part: 0.25 }

/** Marks of a quotation and indentation, as they may stand before every line of a file. */
const lead = /^[ \t>|]*/

/**
 * Takes the first lines of a file; returns a sticky pattern for what stands before the kernel's stamps there, digits being
 * free (`2026-11-22 R SERIAL-CPU> `, `[  normal ] `, `console.log:17:`), or undefined where most stamps come first.
 */
export function learnPrefix(head: readonly string[]): RegExp | undefined {
  const { found, stamped } = beforeStamps(head)
  const [left, both] = paddings.map((padding) => shapeOf(found, padding))
  const best = left && both && both.count > left.count ? both : left
  if (!best || best.count < enough.lines || best.count < stamped * enough.part) return undefined
  const { text, padding } = best
  const source = text
    .replaceAll(/[^\w\s]/g, String.raw`\$&`)
    .replaceAll(/0+/g, ({ length }) => `${blanks}${Array(length).fill(digits).join(between)}${padding.behind}`)
  return new RegExp(source, 'y')
}

const blanks = String.raw`[ \t]*`
const between = String.raw`[ \t]+`
const digits = String.raw`\d+`
/** Numbers of lines are padded on their left (`cat -n`), seldom on their right: there blanks may be a message's own. */
const paddings = [
  { numbers: /[ \t]*\d+/g, behind: '' },
  { numbers: /[ \t]*\d+[ \t]*/g, behind: blanks },
]

function beforeStamps(head: readonly string[]): { found: string[]; stamped: number } {
  const found: string[] = []
  let stamped = 0
  for (const text of head) {
    const at = text.slice(0, longest).search(stamp)
    if (at < 0) continue
    stamped++
    if (at === 0 || firmware.test(text)) continue
    // The kernel's own `<level>` is not of what stands before its lines.
    const before = text.slice(0, at).replace(/<\d{1,4}>$/, '')
    if (before !== '') found.push(before)
  }
  return { found, stamped }
}

type Padding = (typeof paddings)[number]

/** What stands before most stamps, `0` for each number. */
function shapeOf(
  found: readonly string[],
  padding: Padding,
): { text: string; count: number; padding: Padding } | undefined {
  const counts = new Map<string, number>()
  for (const each of found) {
    const text = each.replaceAll(padding.numbers, '0')
    counts.set(text, (counts.get(text) ?? 0) + 1)
  }
  const best = [...counts].sort((a, b) => b[1] - a[1])[0]
  return best && { text: best[0], count: best[1], padding }
}

/**
 * Takes the first lines of a file; returns the blanks, `>` and `|` with which all of them begin that say anything: a log
 * that was quoted or indented as a whole. Empty where one begins without, or where there are too few to tell.
 */
export function commonLead(head: readonly string[]): string {
  const saying = head.filter((text) => lead.exec(text)?.[0] !== text)
  if (saying.length < enough.lines) return ''
  let common = lead.exec(saying[0]!)![0]
  for (const text of saying) while (!text.startsWith(common)) common = common.slice(0, -1)
  return common
}
