import { resolve } from 'node:path'
import type { Search } from '../../domain/search/search.ts'
import { candidateOf } from '../../domain/search/candidates.ts'
import { LabError } from '../../domain/errors.ts'
import { whyNoneFits } from '../../domain/lab/fitting.ts'
import { isLeased } from '../../domain/target.ts'
import { readLabFile } from '../../reading/read-lab.ts'
import { putArtifact } from '../../store/artifacts.ts'
import type { Run, RunOptions } from '../../store/runs.ts'
import type { Store } from '../../store/store.ts'
import { cancelRun } from '../commands/cancel.ts'
import type { Context } from '../context.ts'
import { onInterrupt } from '../interrupt.ts'
import { holdLastingService, holdService } from '../service.ts'
import { startRun } from '../start-run.ts'
import { watchRun } from '../watch-run.ts'

/** How the command is to go on once the search is started. */
export interface SearchOptions {
  detach?: boolean
  /** The lab's file; that of the run that the search is about when absent. */
  lab?: string
}

/**
 * Starts the run of a search and follows it to its end, as `hyplab run` does.
 * @param about the run of the cell that is searched for: its plan's text and lab are taken
 * @throws LabError BadInput for a lab without the place; ServerUnreachable
 */
export async function beginSearch(
  context: Context,
  store: Store,
  search: Search,
  about: Run,
  options: SearchOptions,
): Promise<void> {
  const inventory = await labOfSearch(store, search, about, options.lab)
  const bring = options.detach ? holdLastingService : holdService
  const service = await bring(context.folders.state, context.talk)
  try {
    const stays = service.facts.life === 'until-down'
    const plan = {
      plan: { name: `${about.plan}-${search.kind}` },
      text: about.planText,
      file: about.planFile,
      cells: [],
    }
    const run = await startRun(store, service, plan, {
      until: 'verdicts',
      atOnce: 1,
      ...(inventory && { inventory }),
      search,
    })
    if (options.detach) {
      if (context.json) context.printJson({ schemaVersion: 1, run })
      else context.print(String(run))
      return context.talk(`Run ${run} goes on in the background: \`hyplab watch ${run}\`.`)
    }
    context.talk(`run ${run}, ${search.kind} of ${search.of}: ${search.finding}`)
    const detached = new AbortController()
    const release = onInterrupt(async () => {
      if (stays) {
        context.talk(
          `\nDetached; run ${run} goes on: \`hyplab watch ${run}\` shows it, \`hyplab cancel ${run}\` ends it.`,
        )
        return detached.abort()
      }
      context.talk('\nCancelling: what runs is powered off and put away. Ctrl-C again to leave at once.')
      await cancelRun(service.facts, store, run)
    })
    process.exitCode = await watchRun(context, store, service, run, detached.signal)
    release()
  } finally {
    await service.close()
  }
}

/** The lab whose places a search uses: the one that is named, else the one of the run that it is about, as it was then. */
async function labOfSearch(
  store: Store,
  search: Search,
  about: Run,
  named: string | undefined,
): Promise<RunOptions['inventory']> {
  const candidates = search.kind === 'bisect' ? [0] : search.variants.map((_, number) => number)
  const targets = candidates.map((number) => candidateOf(search, number).cell.target).filter(isLeased)
  if (targets.length === 0) return undefined
  const file = named ?? process.env['HYPLAB_LAB']
  if (file === undefined || file === '') return about.options?.inventory
  const lab = readLabFile(resolve(file))
  for (const target of targets) {
    const why = whyNoneFits(lab, target)
    if (why !== undefined) throw new LabError('BadInput', why)
  }
  return { file: resolve(file), ...(await putArtifact(store, resolve(file))) }
}
