import { kernelMessage } from '../console/kernel-message.ts'
import { speakerOf } from '../signatures/speaker.ts'
import type { Excerpt } from './excerpt.ts'
import type { Moment } from './moment.ts'
import { arrow, cut, cutLine, escape, lanes, palette, type Lane } from './svg-parts.ts'
import type { Story } from './tell-story.ts'

const width = 1200
const head = 78
const row = 22
/** Characters that fit left of the kernel's lane, and right of EL3's. */
const room = { left: 56, right: 30 }

/**
 * Draws a part of a story as a sequence diagram in SVG, 1200 wide: time runs downwards, one row a moment, not to scale; each
 * SMC is an arrow from the level that made it to the level that took it. What the normal world says stands left of its
 * lane, what the secure world says and which findings rest on a moment at the right.
 * @param title stands above it
 */
export function drawStory(story: Story, excerpts: readonly Excerpt[], title: string): string {
  const rows = foldCalls(excerpts)
  const height = head + rows.length * row + 16
  const zero = story.kernelEpoch ?? story.began
  const body = rows.map((excerpt, index) => drawRow(excerpt, head + index * row, zero))
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="12">`,
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${palette.paper}"/>`,
    `<text x="12" y="26" font-size="16" font-weight="bold" fill="${palette.ink}">${escape(title)}</text>`,
    `<text x="12" y="58" fill="${palette.pale}">seconds</text>`,
    ...Object.values(lanes).map((lane) => drawLane(lane, height)),
    ...body,
    '</svg>',
    '',
  ].join('\n')
}

/** Calls of one function, one after another the same way, as one arrow, whatever they asked and got. */
function foldCalls(excerpts: readonly Excerpt[]): Excerpt[] {
  const rows: Excerpt[] = []
  for (const excerpt of excerpts) {
    const before = rows.at(-1)
    const [a, b] = [before?.moment.call, excerpt.moment.call]
    const cited = (before?.moment.findings.length ?? 0) + excerpt.moment.findings.length > 0
    if (
      before &&
      a &&
      b &&
      !cited &&
      a.name === b.name &&
      a.from === b.from &&
      a.to === b.to &&
      a.course === b.course
    ) {
      const answers = new Set([...(a.answer ?? '').split(', '), ...(b.answer ?? '').split(', ')])
      const call = { ...a, answer: [...answers].filter((answer) => answer !== '').join(', ') }
      rows[rows.length - 1] = { ...before, moment: { ...before.moment, call }, times: before.times + excerpt.times }
    } else rows.push(excerpt)
  }
  return rows
}

function drawLane({ x, title }: Lane, height: number): string {
  return [
    `<line x1="${x}" y1="${head - 12}" x2="${x}" y2="${height - 8}" stroke="${palette.lane}" stroke-width="2"/>`,
    `<text x="${x}" y="58" text-anchor="middle" font-weight="bold" fill="${palette.ink}">${title}</text>`,
  ].join('')
}

function drawRow({ moment, skipped, times }: Excerpt, y: number, zero: number): string {
  const middle = y + row / 2
  const time = ((moment.at - zero) / 1000).toFixed(6)
  const parts = [
    `<text x="92" y="${middle + 4}" text-anchor="end" fill="${palette.pale}">${time}</text>`,
    // A break in the story: something was left out here.
    ...(skipped > 0
      ? [`<line x1="12" y1="${y}" x2="92" y2="${y}" stroke="${palette.lane}" stroke-dasharray="2 3"/>`]
      : []),
  ]
  if (moment.source === 'stage') parts.push(drawStage(moment, y))
  else if (moment.call) parts.push(arrow(moment.call, middle, times))
  else parts.push(drawWords(moment, middle))
  if (moment.findings.length > 0) parts.push(rightOf(`◂ ${moment.findings.join(', ')}`, middle, palette.finding))
  return parts.join('')
}

function drawStage({ place }: Moment, y: number): string {
  return [
    `<rect x="100" y="${y + 2}" width="${width - 112}" height="${row - 4}" fill="${palette.stage}"/>`,
    `<text x="108" y="${y + row / 2 + 4}" font-weight="bold" fill="${palette.ink}">${escape(place)}</text>`,
  ].join('')
}

function drawWords(moment: Moment, middle: number): string {
  if (moment.source === 'lab') {
    const text = escape(cut(moment.text, room.left))
    return `<text x="${lanes.kernel.x - 12}" y="${middle + 4}" text-anchor="end" fill="${palette.pale}">${text}</text>`
  }
  const said = inFewWords(moment)
  const lane = laneOf(moment)
  const dot = `<circle cx="${lane.x}" cy="${middle}" r="3.5" fill="${moment.source === 'record' ? palette.record : palette.ink}"/>`
  if (lane !== lanes.kernel) return dot + (moment.findings.length > 0 ? '' : rightOf(said, middle, palette.pale))
  const fill = moment.source === 'record' ? palette.record : moment.findings.length > 0 ? palette.ink : palette.soft
  const text = escape(cutLine(said, room.left))
  return `${dot}<text x="${lane.x - 12}" y="${middle + 4}" text-anchor="end" fill="${fill}">${text}</text>`
}

/** What fits into the picture: without stamp, offsets and registers, which the text of the story has. */
function inFewWords({ source, text }: Moment): string {
  if (source === 'record') {
    const [, call, status] = /^(FFA_\w+(?: \([^)]*\))?) at .*: (\w+(?: \(-?\d+\))?)$/.exec(text) ?? []
    return call === undefined ? text : `${call}: ${status}`
  }
  const { message } = kernelMessage(text)
  const [, called] = /^calling {2}(\w+)\+0x/.exec(message) ?? []
  if (called !== undefined) return `calling ${called}`
  const [, returned, value, usecs] = /^initcall (\w+)\S* returned (-?\d+) after (\d+) usecs/.exec(message) ?? []
  return returned === undefined ? message : `${returned} returned ${value} after ${Math.round(Number(usecs) / 1000)} ms`
}

function laneOf({ source, text }: Moment): Lane {
  if (source === 'record') return lanes.kernel
  const speaker = speakerOf(text)
  return speaker === 'NS' ? lanes.kernel : lanes.el3
}

function rightOf(text: string, middle: number, fill: string): string {
  return `<text x="${lanes.el3.x + 14}" y="${middle + 4}" font-size="11" fill="${fill}">${escape(cut(text, room.right))}</text>`
}
