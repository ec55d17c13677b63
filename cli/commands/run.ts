import type { Command } from 'commander'
import { counted } from '../../domain/counted.ts'
import { LabError } from '../../domain/errors.ts'
import { axes, type Axis, type Selector } from '../../domain/plan/axes.ts'
import { selectCells } from '../../domain/plan/select-cells.ts'
import { isLeased } from '../../domain/target.ts'
import { putArtifact } from '../../store/artifacts.ts'
import type { RunOptions } from '../../store/runs.ts'
import type { Store } from '../../store/store.ts'
import type { Answer } from '../../control/control-socket.ts'
import type { Context } from '../context.ts'
import { duration } from '../duration.ts'
import { labFileOf, labOption } from '../places/lab-file.ts'
import { onInterrupt } from '../interrupt.ts'
import { readPlanFile, type ReadPlan } from '../../reading/read-plan.ts'
import { holdLastingService, holdService } from '../service.ts'
import { startRun } from '../start-run.ts'
import { watchRun } from '../watch-run.ts'
import { withStore } from '../with-store.ts'
import { cancelRun } from './cancel.ts'

interface Options {
  dryRun?: boolean
  detach?: boolean
  only: string[]
  atOnce: string
  lab?: string
  /** Seconds. */
  holdOnFail?: number
}

/** `run PLAN`: the main job. */
export function defineRun(command: Command, context: () => Context): void {
  command
    .option('--dry-run', 'say which cells and builds it would make, and how long it may take')
    .option('-d, --detach', 'start it and return; a service that is started for it runs until `hyplab down`')
    .option('--only <axis=value>', 'only cells with that value, e.g. mode=protected; may be repeated', collect, [])
    .option('--at-once <count>', 'cells at once', '2')
    .option(
      '--hold-on-fail <time>',
      'keep the board of a cell that does not come out as the plan says for yourself, e.g. 30min: one that hung stays on; `hyplab release`, `hyplab cancel` and the time end that',
      duration,
    )
    .option(...labOption)
    .action(async (path: string, options: Options) => {
      const plan = select(await readPlanFile(path), options.only)
      if (options.dryRun) {
        await checkLab(plan, options.lab)
        // Loaded here, because a run leaves to its worker all that this knows of builds.
        const { dryRun } = await import('./dry-run.ts')
        return await dryRun(context(), plan)
      }
      await run(context(), plan, options)
    })
}

/** A dry run needs no lab; where one is named, it says whether the lab has what the plan wants. */
async function checkLab(plan: ReadPlan, option: string | undefined): Promise<void> {
  if (!(option ?? process.env['HYPLAB_LAB'])) return
  const { labOfPlan } = await import('../../reading/lab-of-plan.ts')
  labOfPlan(plan, (why) => labFileOf(option, why))
}

async function run(context: Context, plan: ReadPlan, options: Options): Promise<void> {
  const atOnce = /^[1-9]\d{0,3}$/.test(options.atOnce) ? Number(options.atOnce) : NaN
  if (Number.isNaN(atOnce))
    throw new LabError('BadInput', `--at-once must be a whole number from 1; it is "${options.atOnce}".`)
  // Loaded here, because most plans need no lab.
  const lab = plan.cells.some(({ target }) => isLeased(target))
    ? (await import('../../reading/lab-of-plan.ts')).labOfPlan(plan, (why) => labFileOf(options.lab, why))
    : undefined
  const hold = await holdFor(plan, options.holdOnFail)
  const bring = options.detach ? holdLastingService : holdService
  const service = await bring(context.folders.state, context.talk)
  try {
    const stays = service.facts.life === 'until-down'
    await withStore(context.folders, async (store) => {
      const number = await startRun(store, service, plan, {
        until: 'verdicts',
        atOnce,
        ...(lab !== undefined && { inventory: { file: lab, ...(await putArtifact(store, lab)) } }),
        ...(hold && { hold }),
      })
      if (options.detach) {
        if (context.json) context.printJson({ schemaVersion: 1, run: number })
        else context.print(String(number))
        return context.talk(`Run ${number} goes on in the background: \`hyplab watch ${number}\`.`)
      }
      for (const warning of await roomWarnings(context, store)) context.talk(warning)
      context.talk(`run ${number} of ${plan.plan.name}: ${counted(plan.cells.length, 'cell')}`)
      const detached = new AbortController()
      let cancelled = false
      const release = onInterrupt(async () => {
        if (stays) {
          context.talk(
            `\nDetached; run ${number} goes on: \`hyplab watch ${number}\` shows it, \`hyplab cancel ${number}\` ends it.`,
          )
          detached.abort()
        } else {
          cancelled = true
          context.talk('\nCancelling: what runs is powered off and put away. Ctrl-C again to leave at once.')
          await cancelRun(service.facts, store, number)
          if (hold) await endHolds(store, service, number)
        }
      })
      process.exitCode = await watchRun(context, store, service, number, detached.signal)
      // Also what was kept while the run was being cancelled.
      if (hold) await (cancelled ? endHolds(store, service, number) : stayForHolds(context, store, service, number))
      release()
    })
  } finally {
    await service.close()
  }
}

async function roomWarnings({ folders }: Context, store: Store): Promise<string[]> {
  const { roomIn, warningsOf } = await import('../room.ts')
  return warningsOf(await roomIn(folders, store))
}

/** For whom boards are to be kept. @throws LabError BadInput when no cell boots on one */
async function holdFor(plan: ReadPlan, seconds: number | undefined): Promise<RunOptions['hold']> {
  if (seconds === undefined) return undefined
  if (!plan.cells.some(({ target }) => target.kind === 'board'))
    throw new LabError('BadInput', '--hold-on-fail keeps boards, and no cell of the plan boots on one: leave it out.')
  const { reservedBy } = await import('../places/hold-place.ts')
  return { seconds, holder: reservedBy() }
}

async function endHolds(store: Store, { facts }: Answer, run: number): Promise<void> {
  const holds = await import('../places/holds.ts')
  await holds.endHolds(facts, store, run)
}

/** Says which boards are kept. A service that ends with this command is kept for them, too: who else would switch them off? */
async function stayForHolds(context: Context, store: Store, service: Answer, run: number): Promise<void> {
  const { awaitHolds, holdsOf, tellHolds } = await import('../places/holds.ts')
  const holds = await holdsOf(store, run)
  await tellHolds(context, store, holds)
  if (holds.length === 0 || service.facts.life === 'until-down') return
  context.talk('This command stays until then, for it brought the service; Ctrl-C ends it now.')
  await awaitHolds(store, run, service.ended)
}

/** @throws LabError BadInput for an axis or value that the plan does not have, NotFound when no cell has them all. */
export function select(plan: ReadPlan, only: string[]): ReadPlan {
  const selector: Selector = {}
  for (const text of only) {
    const [axis, ...rest] = text.split('=')
    const value = rest.join('=')
    if (!axes.includes(axis as Axis))
      throw new LabError('BadInput', `--only ${text}: there is no axis "${axis}"; axes are ${axes.join(', ')}.`)
    const { unknown } = selectCells(plan.cells, { [axis as Axis]: [value] })
    if (unknown) throw new LabError('BadInput', `--only ${text}: ${unknown.sentence}.`)
    ;(selector[axis as Axis] ??= []).push(value)
  }
  const { cells } = selectCells(plan.cells, selector)
  if (cells.length === 0) throw new LabError('NotFound', `No cell of the plan has ${only.join(' and ')}.`)
  return { ...plan, cells }
}

export function collect(value: string, before: string[]): string[] {
  return [...before, value]
}
