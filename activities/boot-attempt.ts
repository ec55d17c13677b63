import { rm } from 'node:fs/promises'
import { CancelledFailure } from '@temporalio/common'
import type { Shown } from '../domain/attempt.ts'
import { judge, probesVersion } from '../domain/probes/registry.ts'
import { joinParts } from '../domain/records/join-parts.ts'
import { endingOf } from '../domain/verdict/ending.ts'
import { finishAttempt, startAttempt } from '../store/attempts.ts'
import type { AttemptArtifact, AttemptEnd, AttemptStart } from '../store/attempt.ts'
import { cellDetail, type CellContext } from '../store/details.ts'
import { paceHistory } from '../store/history.ts'
import { bootQemu } from '../targets/qemu/boot.ts'
import type { BootEnd, BootOrder } from '../targets/qemu/boot-order.ts'
import type { AttemptResult, AttemptTask } from '../workflows/contracts.ts'
import { attemptFolder, claimFolder, fenceOf, placeOf } from './attempt-place.ts'
import { keepAttemptFiles, readCalls, readConsoles } from './attempt-files.ts'
import { whileBeating } from './beat.ts'
import { cancelWasAsked, whyCutOff } from './cancel.ts'
import { prepareBoot, readBuiltConfig, readSystemMap, type PreparedBoot } from './prepare-boot.ts'
import type { Deps } from './registry.ts'
import { Reporter } from './reporter.ts'

/** Well below the 10 s heartbeat time-out; also, a cancel reaches a boot with the next beat and no sooner. */
const beatMs = 1_000

/**
 * One attempt: boot, capture, judge, keep. What the target did is the result; whatever else goes wrong is thrown, and
 * the cell closes the attempt as lost. When it was closed so meanwhile, because this worker stood still, that stands.
 */
export async function bootAttempt(deps: Deps, task: AttemptTask): Promise<AttemptResult> {
  const context = await cellDetail(deps.store, task.run, task.cell)
  const { target } = context.cell.cell
  const place = placeOf(task, target.name)
  const start: AttemptStart = {
    run: task.run,
    cell: task.cell,
    number: task.attempt,
    place,
    fence: fenceOf(task.attempt, 'boot'),
    folder: attemptFolder(deps.folders.state, task),
    started: Date.now(),
  }
  await startAttempt(deps.store, start)
  const reporter = new Reporter(deps.store, { run: task.run, cell: task.cell, attempt: task.attempt })
  reporter.tell('attempt-started', { place })
  return await whileBeating(beatMs, { stage: 'power', bytes: 0 }, async (report, signal) => {
    const prepared = await prepareBoot(deps, context, start.folder)
    const { path: tracer } = prepared.tracer
    if (tracer === undefined) reporter.tell('say', { text: `The boot is not traced. ${prepared.tracer.why}` })
    const order = await orderOf(deps, context, start, prepared)
    const powered = Date.now()
    const stopped = await bootQemu(
      order,
      {
        progress: ({ stage, bytes }) => report({ stage, bytes }),
        reached: ({ stage }) => reporter.tell('stage', { stage, seconds: (Date.now() - powered) / 1000 }),
      },
      signal,
    )
    const end = cancelWasAsked() ? stopped : lostWhenCutOff(stopped)
    const result = await judgeEnd(deps, context, { order, end, booted: prepared.booted })
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
): Promise<BootOrder> {
  const { cell } = context.cell
  return {
    folder: start.folder,
    target: cell.target,
    setup,
    files,
    cmdline: cell.cmdline,
    limits: cell.limits,
    ...(tracer.path === undefined ? {} : { tracer: tracer.path }),
    history: await paceHistory(deps.store, cell.target.name),
    place: {
      folder: claimFolder(deps.folders.state, start.place),
      fence: start.fence,
      owner: `attempt ${start.run}.${start.cell}.${start.number}`,
    },
  }
}

/** Judges what was shown and puts its files into the store. */
async function judgeEnd(
  deps: Deps,
  context: CellContext,
  { order, end, booted }: { order: BootOrder; end: BootEnd; booted: AttemptArtifact[] },
): Promise<AttemptEnd> {
  const { cell } = context.cell
  const shown: Shown = {
    asked: { cmdline: cell.cmdline, config: await readBuiltConfig(deps, context), modules: cell.modules },
    host: end.host,
    consoles: await readConsoles(end.consoles),
    records: joinParts(end.records),
    ...(end.smc === undefined ? {} : { smc: await readCalls(end.smc, await readSystemMap(deps, context)) }),
  }
  const findings = judge(shown, cell.probes)
  const { ending, sentence } = endingOf(shown, findings)
  return {
    ended: Date.now(),
    stage: end.host.stage,
    ending,
    sentence,
    host: end.host,
    findings,
    pace: end.pace,
    artifacts: await keepAttemptFiles(deps.store, order.folder, booted),
    judged: { at: Date.now(), probes: probesVersion },
  }
}
