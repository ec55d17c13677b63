import { escape, palette } from '../timeline/svg-parts.ts'
import { passedIn, type Sample } from './sample.ts'

/** A row of the picture: a cell, and the finding that it is coloured by. */
export interface StripRow {
  cell: string
  finding: string
  /** Oldest first. */
  boxes: readonly StripBox[]
}

/** An attempt of a row. */
export interface StripBox {
  /** e.g. `12.3.1`, and when it began, epoch ms. */
  attempt: string
  at: number
  /** What the finding came to: `neither` where it said nothing, `infra` where the lab broke. */
  said: keyof typeof colours
}

const size = 14
const gap = 3
const [left, top] = [12, 44]
/** Pixels that a character of the labels takes, of a monospaced font of 12. */
const character = 7.3

const colours = { pass: '#1a7f37', fail: '#cf222e', neither: '#8c959f', infra: '#d4a72c' }

/**
 * Draws attempts as strips in SVG: one row a cell, one box an attempt, oldest left, green where the finding passed, red
 * where it failed, yellow where the lab broke, grey where it said neither. A box names its attempt when it is pointed at.
 * @param title stands above it
 */
export function drawStrips(rows: readonly StripRow[], title: string): string {
  const labels = rows.map(({ cell, finding }) => `${finding}  ${cell}`)
  const start = left + Math.ceil(Math.max(0, ...labels.map(({ length }) => length)) * character) + 12
  const longest = Math.max(0, ...rows.map(({ boxes }) => boxes.length))
  const [width, height] = [start + longest * (size + gap) + left, top + rows.length * (size + 8) + 12]
  const body = rows.flatMap(({ boxes }, row) => {
    const y = top + row * (size + 8)
    const label = `<text x="${left}" y="${y + 11}" fill="${palette.ink}">${escape(labels[row]!)}</text>`
    const drawn = boxes.map(({ attempt, at, said }, index) => {
      const name = `${attempt}, ${new Date(at).toISOString().slice(0, 16)}Z: ${said}`
      const place = `x="${start + index * (size + gap)}" y="${y}" width="${size}" height="${size}"`
      return `<rect ${place} rx="2" fill="${colours[said]}"><title>${escape(name)}</title></rect>`
    })
    return [label, ...drawn]
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="12">`,
    `<title>${escape(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${palette.paper}"/>`,
    `<text x="${left}" y="26" font-size="16" font-weight="bold" fill="${palette.ink}">${escape(title)}</text>`,
    ...body,
    '</svg>',
    '',
  ].join('\n')
}

/** Takes attempts of one cell, in any order; returns what a finding came to in each, oldest first. */
export function boxesOf(samples: readonly Sample[], finding: string): StripBox[] {
  return samples
    .toSorted((a, b) => a.at - b.at)
    .map((sample) => ({ attempt: sample.attempt, at: sample.at, said: said(sample, finding) }))
}

function said(sample: Sample, finding: string): StripBox['said'] {
  if (sample.ending === 'infra' || sample.ending === 'tainted' || sample.ending === 'cancelled') return 'infra'
  const passed = passedIn(sample, finding)
  return passed === undefined ? 'neither' : passed ? 'pass' : 'fail'
}
