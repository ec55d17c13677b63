import { InvalidArgumentError, type Command } from 'commander'
import { LabError } from '../../domain/errors.ts'
import type { Cell } from '../../domain/cell.ts'
import { counted } from '../../domain/counted.ts'
import { candidateCount, candidateName } from '../../domain/search/candidates.ts'
import type { Bisection } from '../../domain/search/search.ts'
import { isLeased } from '../../domain/target.ts'
import { runDetail } from '../../store/details.ts'
import { resolve } from '../../store/resolve.ts'
import type { Context } from '../context.ts'
import { labOption } from '../places/lab-file.ts'
import { cellOf } from '../searches/cell-of.ts'
import { withStore } from '../with-store.ts'
import { wholeNumber } from './list.ts'

interface Options {
  finding?: string
  good?: string
  bad?: string
  confidence: number
  ends: number
  atOnce: number
  detach?: boolean
  lab?: string
}

/** `bisect RUN.CELL` and `bisect log RUN`: which version brought a failure, or took it away. */
export function defineBisect(bisect: Command, context: () => Context): void {
  bisect
    .option(
      '--finding <id>',
      "the finding, or boot.end; the first that failed of those that the cell's verdict rests on when left out",
    )
    .option('--good <rev>', 'where it passes: a revision of the git tree, or a version of a Debian kernel')
    .option('--bad <rev>', 'where it fails; either is what earlier results say when left out')
    .option('--confidence <percent>', 'how sure to be', percentage, 97)
    .option('--ends <count>', 'attempts at each end before the middle is tried', wholeNumber, 3)
    .option(
      '--at-once <count>',
      'versions at once, on as many places that fit; one place for all when 1',
      wholeNumber,
      1,
    )
    .option('-d, --detach', 'start it and return; a service that is started for it runs until `hyplab down`')
    .option(...labOption)
    .action(async (cell: string, options: Options) => await begin(context(), cell, options))
  bisect
    .command('log <run>')
    .description('print a bisection as `git bisect log` does; `git bisect replay` reads that of commits')
    .action(async (run: string) => await log(context(), run))
}

async function begin(context: Context, text: string, options: Options): Promise<void> {
  // Loaded here, because no other command pays for what knows of builds.
  const { bisectRange } = await import('../../reading/bisect-range.ts')
  const { subjectOf } = await import('../../reading/search-subject.ts')
  const { obtainingContext } = await import('../../builds/source/source.ts')
  const { beginSearch } = await import('../searches/begin-search.ts')
  await withStore(context.folders, async (store) => {
    const id = await cellOf(store, text, 'bisect')
    const subject = await subjectOf(store, id.run, id.cell, options.finding)
    const source = obtainingContext({ folders: context.folders, say: context.talk })
    const named = {
      ...(options.good !== undefined && { good: options.good }),
      ...(options.bad !== undefined && { bad: options.bad }),
    }
    const { said, ...range } = await bisectRange(store, subject, named, source)
    const { of, finding } = subject
    const search: Bisection = {
      kind: 'bisect',
      of,
      finding,
      ...range,
      cell: options.atOnce > 1 ? anywhere(range.cell) : range.cell,
      confidence: options.confidence / 100,
      atEnds: options.ends,
      atOnce: options.atOnce,
    }
    for (const sentence of said) context.talk(sentence)
    const last = candidateCount(search) - 1
    const [from, to] = [candidateName(search, 0), candidateName(search, last)]
    context.talk(`${counted(last + 1, 'version')} from ${from} to ${to}.`)
    await beginSearch(context, store, search, subject.context.run, options)
  })
}

async function log({ folders, json, print, printJson }: Context, text: string): Promise<void> {
  const { bisectLog } = await import('../../domain/search/git-log.ts')
  const { triedOf } = await import('../../reading/search-tried.ts')
  const { subjectsOf } = await import('../../builds/source/history.ts')
  const { obtainingContext } = await import('../../builds/source/source.ts')
  await withStore(folders, async (store) => {
    const id = await resolve(store, text)
    const { run, cells } = await runDetail(store, id.run)
    const search = run.options?.search
    if (search?.kind !== 'bisect')
      throw new LabError('BadInput', `Run ${run.id} is no bisection: \`hyplab list\` shows which are.`)
    const tried = triedOf(search, cells)
    const { versions } = search
    const context = obtainingContext({ folders })
    const ids = versions.of === 'commits' ? tried.map(({ candidate }) => versions.ids[candidate]!) : []
    const subjects =
      versions.of === 'commits' ? await subjectsOf(versions.url, ids, context) : new Map<string, string>()
    const lines = bisectLog(search, tried, (commit) => subjects.get(commit) ?? '')
    if (json) printJson({ schemaVersion: 1, run: run.id, log: lines })
    else print(lines)
  })
}

/** A cell that is not bound to one place. */
function anywhere(cell: Cell): Cell {
  if (!isLeased(cell.target)) return cell
  const { place: _place, ...target } = cell.target
  return { ...cell, target }
}

/** From 50 to 99.99. */
function percentage(text: string): number {
  const value = Number(text.replace(/\s*%$/, ''))
  if (!(value >= 50 && value < 100)) throw new InvalidArgumentError('It must be a percentage from 50 to below 100.')
  return value
}
