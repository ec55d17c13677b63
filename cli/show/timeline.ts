import type { Excerpt } from '../../domain/timeline/excerpt.ts'
import type { Moment } from '../../domain/timeline/moment.ts'
import type { Story } from '../../domain/timeline/tell-story.ts'
import type { Context } from '../context.ts'

type Paint = Context['paint']

/** Fewer that were left out are the secure world's part of a call, and not worth a line. */
const worthSaying = 4

/**
 * A story as lines: seconds on the kernel's clock (from power-on where the kernel said none), where it stands, what it is,
 * and which findings rest on it.
 */
export function timelineLines(story: Story, excerpts: readonly Excerpt[], paint: Paint): string[] {
  const zero = story.kernelEpoch ?? story.began
  const width = Math.max(0, ...excerpts.map(({ moment }) => moment.place.length))
  return excerpts.flatMap(({ moment, skipped, times }) => {
    const gap = skipped < worthSaying ? [] : [paint.dim(`${' '.repeat(13)}... ${skipped} more`)]
    const at = ((moment.at - zero) / 1000).toFixed(6).padStart(12)
    const place = paintPlace(moment, moment.place.padEnd(width), paint)
    const repeated = times > 1 ? paint.dim(`  (${times} such calls)`) : ''
    const rests = moment.findings.length > 0 ? paint.magenta(`  <- ${moment.findings.join(', ')}`) : ''
    return [...gap, `${paint.dim(at)}  ${place}  ${paintText(moment, paint)}${repeated}${rests}`]
  })
}

/** A story for programs. */
export function timelineToJson(story: Story, excerpts: readonly Excerpt[]): object {
  const zero = story.kernelEpoch ?? story.began
  return {
    zero,
    zeroIs: story.kernelEpoch === undefined ? 'the first byte' : "the kernel's clock at 0",
    moments: excerpts.map(({ moment, skipped, times }) => ({
      ...moment,
      seconds: Number(((moment.at - zero) / 1000).toFixed(6)),
      skipped,
      times,
    })),
  }
}

function paintPlace({ source }: Moment, text: string, paint: Paint): string {
  return { console: paint.cyan, smc: paint.yellow, record: paint.green, stage: paint.bold, lab: paint.magenta }[source](
    text,
  )
}

function paintText({ source, call, text, weight }: Moment, paint: Paint): string {
  // The stamp says again what the first column says.
  const said = text.replace(/^(?:<\d+>)?\[ *\d+\.\d{6}\] ?/, '')
  if (source === 'stage') return paint.bold(said)
  if (call?.course === 'refused') return paint.red(said)
  return weight === 'detail' ? paint.dim(said) : said
}
