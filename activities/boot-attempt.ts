import { rm } from 'node:fs/promises'
import { CancelledFailure } from '@temporalio/common'
import { probesVersion } from '../domain/probes/registry.ts'
import { judgeOffLoop } from '../reading/judge-off-loop.ts'
import { shownFilesOf } from '../reading/shown-files.ts'
import { finishAttempt } from '../store/attempts.ts'
import type { AttemptArtifact, AttemptEnd, AttemptStart } from '../store/attempt.ts'
import { cellDetail, type CellContext } from '../store/details.ts'
import { paceHistory } from '../store/history.ts'
import { powerUpOf } from '../targets/adapters.ts'
import { bootTarget } from '../targets/boot.ts'
import type { BootEnd, BootWatch } from '../targets/boot-order.ts'
import type { PowerUp } from '../targets/powered.ts'
import type { TargetOrder } from '../targets/target-order.ts'
import type { AttemptResult, AttemptTask, FlashedAttempt } from '../workflows/contracts.ts'
import { claimFolder } from './attempt-place.ts'
import { keepAttemptFiles, keepInitrd } from './attempt-files.ts'
import { whileBeating } from './beat.ts'
import { beginAttempt } from './begin-attempt.ts'
import { cancelWasAsked, unlessWanted, whyCutOff } from './cancel.ts'
import { onHeldPlace } from './held-place.ts'
import { requireRoom } from './keeping/look-at-room.ts'
import { lookAfterHang } from './look-after-hang.ts'
import { whileHolding } from './place-lease.ts'
import { prepareBoot, readBuiltConfig, type PreparedBoot } from './prepare-boot.ts'
import type { Deps } from './deps.ts'
import { Reporter } from './reporter.ts'

/** Well below the 10 s heartbeat time-out; also, a cancel reaches a boot with the next beat and no sooner. */
const beatMs = 1_000

/**
 * One attempt: boot, capture, judge, keep. What the target did is the result; whatever else goes wrong is thrown, and
 * the cell closes the attempt as lost. When it was closed so meanwhile, because this worker stood still, that stands.
 * @throws LabError NoRoom when there is no room to begin: then nothing has
 */
export async function bootAttempt(deps: Deps, task: AttemptTask | FlashedAttempt): Promise<AttemptResult> {
  const context = await cellDetail(deps.store, task.run, task.cell)
  const leased = 'held' in task ? task : undefined
  // A place of a lab is leased only when there is room, and is not to wait for some.
  if (!leased) await requireRoom(deps)
  const start = await beginAttempt(deps, task, context.cell.cell.target.name)
  const reporter = new Reporter(deps.store, { run: task.run, cell: task.cell, attempt: task.attempt })
  const beginning = { stage: 'power', bytes: 0 }
  const beating: typeof whileBeating<typeof beginning, AttemptResult> = (everyMs, first, work) =>
    leased ? whileHolding(deps, leased.held, first, work) : whileBeating(everyMs, first, work)
  return await beating(beatMs, beginning, async (report, signal) => {
    const prepared = await prepareBoot(deps, context, start.folder, signal)
    const { tracer } = prepared
    if (tracer && tracer.path === undefined) reporter.tell('say', { text: `The boot is not traced. ${tracer.why}` })
    const order = await orderOf(deps, context, start, prepared)
    const powered = Date.now()
    const watch: BootWatch = {
      progress: ({ stage, bytes }) => report({ stage, bytes }),
      reached: ({ stage }) => reporter.tell('stage', { stage, seconds: (Date.now() - powered) / 1000 }),
    }
    const ahead = readAhead(deps, context, start.folder)
    // Awaited when the boot has ended, perhaps long after it failed.
    ahead.catch(() => undefined)
    const boot = (powerUp: PowerUp): Promise<BootEnd> => bootTarget(order, powerUp, watch, signal)
    const stopped = leased
      ? await onHeldPlace(deps, context.run, leased, async (held, place) => {
          const end = await boot(held.powerUp(order, leased.flashed))
          await lookAfterHang(end, held, place, start.folder, signal)
          return end
        })
      : await boot(powerUpOf(order))
    const end = cancelWasAsked() ? stopped : lostWhenCutOff(stopped)
    const kept = { booted: prepared.booted, ahead: await ahead }
    const result = await judgeEnd(deps, context, { start, end, ...kept }, unlessWanted(signal))
    const { first, ending } = await finishAttempt(deps.store, start, result)
    await rm(start.folder, { recursive: true, force: true })
    if (first) reporter.tell('attempt-ended', { ending, sentence: result.sentence, seconds: end.seconds })
    await reporter.flush()
    if (ending === 'cancelled') throw new CancelledFailure('The attempt was cancelled.')
    return { ending }
  })
}

/** The target was powered off though nobody wanted the attempt to end: the cell makes another. */
function lostWhenCutOff(end: BootEnd): BootEnd {
  if (end.host.stop !== 'cancelled') return end
  return { ...end, host: { ...end.host, stop: 'lost', reason: `${whyCutOff()}; the target was powered off.` } }
}

async function orderOf(
  deps: Deps,
  context: CellContext,
  start: AttemptStart,
  { files, setup, tracer }: PreparedBoot,
): Promise<TargetOrder> {
  const { cell } = context.cell
  return {
    folder: start.folder,
    target: cell.target,
    ...(setup && { setup }),
    files,
    cmdline: cell.cmdline,
    limits: cell.limits,
    ...(context.run.options?.hold && cell.target.kind === 'board' && { leaveHung: true as const }),
    ...(tracer?.path === undefined ? {} : { tracer: tracer.path }),
    history: await paceHistory(deps.store, cell.target.name),
    place: {
      folder: claimFolder(deps.folders.state, start.place),
      fence: start.fence,
      owner: `attempt ${start.run}.${start.cell}.${start.number}`,
    },
  }
}

/** What is known before the boot and is needed when it has ended: it is seen to while the target boots. */
async function readAhead(deps: Deps, context: CellContext, folder: string) {
  const [config, initrd] = await Promise.all([readBuiltConfig(deps, context), keepInitrd(deps.store, folder)])
  return { config, initrd }
}

/** Judges what was shown and puts its files into the store. */
async function judgeEnd(
  deps: Deps,
  context: CellContext,
  {
    start,
    end,
    booted,
    ahead,
  }: { start: AttemptStart; end: BootEnd; booted: AttemptArtifact[]; ahead: Awaited<ReturnType<typeof readAhead>> },
  signal: AbortSignal | undefined,
): Promise<AttemptEnd> {
  const { cmdline, modules, probes, target } = context.cell.cell
  const artifacts = await keepAttemptFiles(deps.store, start.folder, [...booted, ...ahead.initrd])
  const id = `${start.run}.${start.cell}.${start.number}`
  const files = shownFilesOf(deps.store, id, artifacts, context.kernel)
  const asked = { cmdline, modules, config: ahead.config }
  const judging = judgeOffLoop({ files, asked, target, host: end.host, probes }, signal)
  const { host, findings, ending, sentence } = await judging
  return {
    ended: Date.now(),
    stage: host.stage,
    ending,
    sentence,
    host,
    findings,
    pace: end.pace,
    artifacts,
    judged: { at: Date.now(), probes: probesVersion },
  }
}
