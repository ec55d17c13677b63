import { writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { readStory } from '../../reading/read-story.ts'
import { suggest } from '../../domain/yaml/did-you-mean.ts'
import { LabError } from '../../domain/errors.ts'
import type { Finding } from '../../domain/finding.ts'
import { excerptOf } from '../../domain/timeline/excerpt.ts'
import { drawStory } from '../../domain/timeline/draw-story.ts'
import type { AttemptDetail } from '../../store/details.ts'
import type { Context } from '../context.ts'
import { newestAttempt } from '../newest-attempt.ts'
import { page } from '../page.ts'
import { timelineLines, timelineToJson } from '../show/timeline.ts'
import { withStore } from '../with-store.ts'

interface Options {
  around?: string
  key?: true
  context: string
  svg?: string
}

/** `timeline ATTEMPT`: consoles, SMCs, records and stages as one story. */
export function defineTimeline(command: Command, context: () => Context): void {
  command
    .option('--around <finding>', 'only what lies around the evidence of this finding, without details')
    .option('--key', 'without details: what findings rest on, FF-A calls, the initcalls that decide')
    .option('--context <moments>', 'with --around: details shown beside each piece of evidence', '2')
    .option('--svg <file>', 'draw it: calls as arrows between exception levels')
    .action(async (text = 'latest', options: Options) => {
      const { folders, json, paint, printJson, talk } = context()
      await withStore(folders, async (store) => {
        const detail = await newestAttempt(store, text)
        const around = options.around === undefined ? undefined : findingsAround(detail, options.around)
        const story = await readStory(store, detail)
        const beside = numberOf(options.context)
        const key = options.key === true || around !== undefined || options.svg !== undefined
        const selection = { key, context: options.svg ? 0 : around ? beside : 0, ...(around ? { around } : {}) }
        const excerpts = excerptOf(story, selection)
        if (excerpts.length === 0)
          throw new LabError(
            'NotFound',
            `${options.around} of attempt ${detail.attempt.id} rests on nothing that has a time.`,
          )
        if (options.svg !== undefined) {
          await writeFile(options.svg, drawStory(story, excerpts, titleOf(detail)))
          return talk(`Drawn: ${options.svg}`)
        }
        if (json) return printJson({ schemaVersion: 1, attempt: detail.attempt.id, ...timelineToJson(story, excerpts) })
        await page(timelineLines(story, excerpts, paint).join('\n'))
      })
    })
}

/** The finding and those that it is a consequence of, so that the story begins where the cause is. */
function findingsAround({ attempt }: AttemptDetail, id: string): Finding[] {
  const findings = attempt.end?.findings ?? []
  const find = (name: string | undefined) => findings.find((finding) => finding.id === name)
  const chain: Finding[] = []
  for (let next = find(id); next && !chain.includes(next); next = find(next.because)) chain.push(next)
  if (chain.length > 0) return chain
  const ids = findings.map((finding) => finding.id)
  throw new LabError('BadInput', `Attempt ${attempt.id} has no finding "${id}"; ${suggest(id, ids)}.`)
}

function numberOf(text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text)
  throw new LabError('BadInput', `--context ${text} is not a number of moments: give one, e.g. --context 5.`)
}

function titleOf({ attempt, cell }: AttemptDetail): string {
  return `${cell.cell.id}, attempt ${attempt.id}`
}
