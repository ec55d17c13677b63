import type { CallMoment } from './moment.ts'

/** A vertical line of the picture: an exception level. */
export interface Lane {
  x: number
  title: string
}

export const lanes = {
  kernel: { x: 520, title: 'Linux, EL1' },
  el2: { x: 750, title: 'pKVM, EL2' },
  el3: { x: 970, title: 'EL3 and secure world' },
} as const satisfies Record<string, Lane>

/** Colours that differ in brightness too, on white: a mail may be printed. */
export const palette = {
  paper: '#ffffff',
  ink: '#1b1f24',
  soft: '#57606a',
  pale: '#6e7781',
  lane: '#d0d7de',
  stage: '#eaeef2',
  record: '#0a5d2c',
  finding: '#8250df',
  direct: '#0550ae',
  forwarded: '#1a7f37',
  handled: '#7d4e00',
  refused: '#cf222e',
} as const

/** Text that crosses a lane or an arrow stays legible. */
const halo = `paint-order="stroke" stroke="${palette.paper}" stroke-width="3" stroke-linejoin="round"`

/** An SMC as an arrow between lanes, with its function and what came of it above; a refused one ends in a cross. */
export function arrow({ from, to, name, answer, course }: CallMoment, middle: number, times: number): string {
  const colour = course === undefined ? palette.soft : course === 'open' ? palette.refused : palette[course]
  const [start, end] = [laneAt(from).x, laneAt(to).x]
  const tip = end - 8
  const y = middle + 5
  const head =
    course === 'refused'
      ? `<path d="M${tip - 5} ${y - 5}L${tip + 5} ${y + 5}M${tip - 5} ${y + 5}L${tip + 5} ${y - 5}" stroke="${colour}" stroke-width="2.5"/>`
      : `<path d="M${tip} ${y - 4}L${end - 1} ${y}L${tip} ${y + 4}Z" fill="${colour}"/>`
  const said = `${name} ${answer === undefined ? 'never came back' : `= ${answer}`}${times > 1 ? ` (${times} times)` : ''}`
  const fits = Math.max(20, Math.floor((lanes.el3.x - start - 16) / 6.7))
  return [
    `<line x1="${start}" y1="${y}" x2="${tip}" y2="${y}" stroke="${colour}" stroke-width="1.6"/>`,
    head,
    `<text x="${start + 8}" y="${y - 4}" font-size="11" fill="${colour}" ${halo}>${escape(cut(said, fits))}</text>`,
  ].join('')
}

function laneAt(level: number): Lane {
  return level >= 3 ? lanes.el3 : level === 2 ? lanes.el2 : lanes.kernel
}

/** A text of at most so many characters. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}

/** A line of a log of at most so many characters: what is left out is in its middle, since the error stands at its end. */
export function cutLine(text: string, most: number): string {
  if (text.length <= most) return text
  const end = Math.min(12, Math.floor(most / 3))
  return `${text.slice(0, most - 1 - end)}…${text.slice(text.length - end)}`
}

/** A text as XML takes it; control characters, which XML cannot hold, are left out. */
export function escape(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  return text
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f\ufffe\uffff]/g, '')
    .replaceAll(/[&<>"]/g, (sign) => entities[sign]!)
}
