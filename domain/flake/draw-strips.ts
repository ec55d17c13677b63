import { escape, palette } from '../timeline/svg-parts.ts'
import { passedIn, type Sample } from './sample.ts'

/** A row of the picture: a cell, and the finding that it is coloured by. */
export interface StripRow {
  cell: string
  finding: string
  /** In any order. */
  samples: readonly Sample[]
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
  const longest = Math.max(0, ...rows.map(({ samples }) => samples.length))
  const [width, height] = [start + longest * (size + gap) + left, top + rows.length * (size + 8) + 12]
  const body = rows.flatMap(({ finding, samples }, row) => {
    const y = top + row * (size + 8)
    const label = `<text x="${left}" y="${y + 11}" fill="${palette.ink}">${escape(labels[row]!)}</text>`
    const boxes = samples
      .toSorted((a, b) => a.at - b.at)
      .map((sample, index) => {
        const what = said(sample, finding)
        const name = `${sample.attempt}, ${new Date(sample.at).toISOString().slice(0, 16)}Z: ${what}`
        const place = `x="${start + index * (size + gap)}" y="${y}" width="${size}" height="${size}"`
        return `<rect ${place} rx="2" fill="${colours[what]}"><title>${escape(name)}</title></rect>`
      })
    return [label, ...boxes]
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

function said(sample: Sample, finding: string): keyof typeof colours {
  if (sample.ending === 'infra' || sample.ending === 'tainted' || sample.ending === 'cancelled') return 'infra'
  const passed = passedIn(sample, finding)
  return passed === undefined ? 'neither' : passed ? 'pass' : 'fail'
}
