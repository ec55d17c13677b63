import { Context } from '@temporalio/activity'
import { noteUndelivered } from '../store/deliveries.ts'
import type { Flashed } from '../targets/board/flash/flash.ts'
import type * as contracts from '../workflows/contracts.ts'
import type * as nights from '../workflows/night-contracts.ts'
import { BuildWaits } from './build-waits.ts'
import { awaitRoom } from './keeping/await-room.ts'
import { beginNight } from './begin-night.ts'
import { bootedSeconds } from './booted-seconds.ts'
import { bootAttempt } from './boot-attempt.ts'
import { build } from './build.ts'
import { closeBrokenCell } from './close-broken-cell.ts'
import { closeLostAttempt } from './close-lost-attempt.ts'
import { closeOpenAttempts } from './close-open-attempts.ts'
import { closeUnbuiltCell } from './close-unbuilt-cell.ts'
import type { Deps } from './deps.ts'
import { deliver } from './deliver.ts'
import { asStep } from './failure.ts'
import { finishRun } from './finish-run.ts'
import { handOverPlace } from './hand-over-place.ts'
import { isCellSettled } from './cell-settled.ts'
import { judgeCell } from './judge-cell.ts'
import { keepPlace } from './keep-place.ts'
import { flashPlace } from './flash-place.ts'
import { leasePlace } from './lease-place.ts'
import { nextAttempt } from './next-attempt.ts'
import { outlineRun } from './outline-run.ts'
import { planTelling } from './plan-telling.ts'
import { powerOffPlace } from './power-off-place.ts'
import { rebuild } from './rebuild.ts'
import { releasePlace } from './release-place.ts'
import { sendTest } from './send-test.ts'
import { skipCell } from './skip-cell.ts'

/** The steps of the stories, as workflows see them. Each is safe to run twice. */
export interface Activities {
  beginNight(start: nights.NightStart): Promise<contracts.RunTask>
  outlineRun(input: contracts.OutlineTask): Promise<contracts.RunOutline>
  nextAttempt(input: { run: number; lab: string }): Promise<contracts.SearchTask>
  awaitBuild(task: contracts.BuildTask | contracts.BuildRef): Promise<contracts.BuildResult>
  awaitRoom(task: contracts.RoomTask): Promise<void>
  rebuild(cell: contracts.CellBuilds): Promise<contracts.BuildResult[]>
  build(task: contracts.BuildTask): Promise<contracts.BuildResult>
  bootAttempt(task: contracts.AttemptTask | contracts.FlashedAttempt): Promise<contracts.AttemptResult>
  leasePlace(task: contracts.LeaseTask): Promise<contracts.HeldPlace>
  flashPlace(task: contracts.LeasedAttempt): Promise<Flashed>
  powerOffPlace(task: contracts.LeasedAttempt): Promise<void>
  releasePlace(release: contracts.Release): Promise<void>
  handOverPlace(task: contracts.LeasedAttempt): Promise<void>
  keepPlace(task: contracts.LeasedAttempt): Promise<boolean>
  closeLostAttempt(lost: contracts.LostAttempt): Promise<contracts.AttemptResult>
  closeOpenAttempts(open: contracts.OpenAttempts): Promise<void>
  closeUnbuiltCell(cell: contracts.UnbuiltCell): Promise<void>
  closeBrokenCell(cell: contracts.BrokenCell): Promise<void>
  skipCell(cell: contracts.SkippedCell): Promise<void>
  bootedSeconds(input: { run: number; cell: number }): Promise<number>
  isCellSettled(input: { run: number; cell: number }): Promise<boolean>
  judgeCell(input: { run: number; cell: number }): Promise<contracts.CellResult['verdict']>
  finishRun(end: contracts.RunEnd): Promise<contracts.RunResult>
  planTelling(told: nights.NightTelling): Promise<string[]>
  deliver(delivery: { id: string }): Promise<void>
  giveUpDelivery(delivery: { id: string; reason: string }): Promise<void>
  sendTest(task: { file: string }): Promise<nights.TestTold[]>
}

/** The activities of one worker, bound to its folders, store and client. */
export function createActivities(deps: Deps): Activities {
  const waits = new BuildWaits(deps)
  return {
    beginNight: asStep((start) => beginNight(deps, start)),
    outlineRun: asStep((input) => outlineRun(deps, input)),
    nextAttempt: asStep((input) => nextAttempt(deps, input)),
    awaitBuild: asStep((task) => waits.begin(task)),
    awaitRoom: asStep((task) => awaitRoom(deps, task)),
    rebuild: asStep((cell) => rebuild(deps, cell)),
    build: asStep((task) => build(deps, task)),
    leasePlace: asStep((task) => leasePlace(deps, task)),
    flashPlace: asStep((task) => flashPlace(deps, task)),
    powerOffPlace: asStep((task) => powerOffPlace(deps, task)),
    releasePlace: asStep((release) => releasePlace(deps, release)),
    handOverPlace: asStep((task) => handOverPlace(deps, task)),
    keepPlace: asStep((task) => keepPlace(deps, task)),
    bootAttempt: asStep((task) => bootAttempt(deps, task)),
    closeLostAttempt: asStep((lost) => closeLostAttempt(deps, lost, Context.current().cancellationSignal)),
    closeOpenAttempts: asStep((open) => closeOpenAttempts(deps, open, Context.current().cancellationSignal)),
    closeUnbuiltCell: asStep((cell) => closeUnbuiltCell(deps, cell)),
    closeBrokenCell: asStep((cell) => closeBrokenCell(deps, cell)),
    skipCell: asStep((cell) => skipCell(deps, cell)),
    bootedSeconds: asStep((input) => bootedSeconds(deps, input)),
    isCellSettled: asStep((input) => isCellSettled(deps, input)),
    judgeCell: asStep((input) => judgeCell(deps, input)),
    finishRun: asStep((end) => finishRun(deps, end)),
    planTelling: asStep((told) => planTelling(deps, told)),
    deliver: asStep((delivery) => deliver(deps, delivery)),
    giveUpDelivery: asStep(({ id, reason }) => noteUndelivered(deps.store, id, reason)),
    sendTest: asStep(sendTest),
  }
}
