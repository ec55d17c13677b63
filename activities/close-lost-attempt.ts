import { existsSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../domain/errors.ts'
import { probesVersion } from '../domain/probes/registry.ts'
import { noticedStandstill } from '../domain/standstill.ts'
import { isLeased, type LabTarget } from '../domain/target.ts'
import { claimPlace } from '../host/claim.ts'
import { judgeOffLoop } from '../reading/judge-off-loop.ts'
import { askedOf, shownFilesOf } from '../reading/shown-files.ts'
import { hasArtifact } from '../store/artifacts.ts'
import type { Attempt, AttemptArtifact, AttemptEnd, AttemptStart } from '../store/attempt.ts'
import { findAttempt, finishAttempt } from '../store/attempts.ts'
import { cellDetail, type CellContext } from '../store/details.ts'
import { consoleFolder, isConsole, keptLines, speaksNormalWorld } from '../targets/lines.ts'
import type { AttemptResult, LostAttempt } from '../workflows/contracts.ts'
import { keepAttemptFiles, keepInitrd } from './attempt-files.ts'
import { attemptFolder, claimFolder, fenceOf, placeOf } from './attempt-place.ts'
import { bootedArtifacts } from './prepare-boot.ts'
import type { Deps } from './deps.ts'
import { Reporter } from './reporter.ts'
import { suspectPlace } from './suspect-place.ts'

/**
 * Closes an attempt whose worker fell silent or gave up: takes the place from whoever still uses it, keeps and judges
 * what reached the disk, and says why it is lost. A panic that is there stays a panic. An attempt that was closed
 * meanwhile stays as it is, and one that never began is closed too, so that a worker which comes to it late is refused.
 * @param signal aborting leaves the attempt open, for who does the step again
 * @returns the ending that now stands.
 */
export async function closeLostAttempt(deps: Deps, lost: LostAttempt, signal?: AbortSignal): Promise<AttemptResult> {
  const key = { run: lost.run, cell: lost.cell, number: lost.attempt }
  const attempt = await findAttempt(deps.store, key)
  const context = await cellDetail(deps.store, lost.run, lost.cell)
  const closed = attempt?.end
    ? await tidied(attempt.folder, attempt.end.ending)
    : await closeOpen(deps, lost, attempt, context, signal)
  // Its place was given back before anybody knew how it had ended.
  if (attempt && closed.ending === 'infra' && isLeased(context.cell.cell.target))
    await suspectPlace(deps, lost, attempt.place)
  return closed
}

async function closeOpen(
  deps: Deps,
  lost: LostAttempt,
  attempt: Attempt | undefined,
  context: CellContext,
  signal: AbortSignal | undefined,
): Promise<AttemptResult> {
  const start = attempt ? startOf(attempt) : neverBegun(deps, lost, context)
  await takeBack(deps, start)
  try {
    const begun = attempt !== undefined
    return await close(deps, start, await endOf(deps, { start, begun }, context, lost.reason, signal))
  } catch (error) {
    signal?.throwIfAborted()
    // Whoever booted it was not dead after all: it has closed the attempt while we read, and taken the files away.
    const closed = await findAttempt(deps.store, { run: lost.run, cell: lost.cell, number: lost.attempt })
    if (closed?.end) return await tidied(closed.folder, closed.end.ending)
    if (error instanceof LabError && error.retryable) throw error
    // An attempt is closed whatever it left behind: an open one would be there for ever.
    return await close(deps, start, bareEnd(start, `${lost.reason} What it left cannot be kept: ${String(error)}`))
  }
}

/** Whoever closed the attempt may have died before its folder was away; all of it that counts is kept by then. */
async function tidied(folder: string, ending: AttemptResult['ending']): Promise<AttemptResult> {
  await rm(folder, { recursive: true, force: true })
  return { ending }
}

async function close(deps: Deps, start: AttemptStart, end: AttemptEnd): Promise<AttemptResult> {
  const { first, ending } = await finishAttempt(deps.store, start, end)
  await rm(start.folder, { recursive: true, force: true })
  if (first) await tell(deps, start, end)
  return { ending }
}

function bareEnd({ started }: AttemptStart, sentence: string): AttemptEnd {
  const now = Math.max(started, Date.now())
  return {
    ended: now,
    stage: 'power',
    ending: 'infra',
    sentence,
    host: { stop: 'lost', reason: sentence, stage: 'power' },
    findings: [],
    pace: { silences: {}, stages: {} },
    artifacts: [],
    judged: { at: now, probes: probesVersion },
  }
}

function startOf({ run, cell, number, place, fence, folder, started }: AttemptStart): AttemptStart {
  return { run, cell, number, place, fence, folder, started }
}

function neverBegun(deps: Deps, lost: LostAttempt, { cell }: CellContext): AttemptStart {
  return {
    run: lost.run,
    cell: lost.cell,
    number: lost.attempt,
    place: placeOf(lost, cell.cell.target.name),
    fence: fenceOf(lost.attempt),
    folder: attemptFolder(deps.folders.state, lost),
    started: Date.now(),
  }
}

/** Ends what still runs on the place for this attempt; a newer claim has done so already. */
async function takeBack(deps: Deps, { place, fence }: AttemptStart): Promise<void> {
  const folder = claimFolder(deps.folders.state, place)
  try {
    const claim = await claimPlace(folder, fence + 1, 'the closing of a lost attempt')
    claim.release()
  } catch (error) {
    if (!(error instanceof LabError && error.code === 'StaleFence')) throw error
  }
}

async function endOf(
  deps: Deps,
  { start, begun }: { start: AttemptStart; begun: boolean },
  context: CellContext,
  reason: string,
  signal: AbortSignal | undefined,
): Promise<AttemptEnd> {
  const unwatched = await unwatchedSeconds(start.folder)
  const booted = [...bootedBy(deps, context), ...(await keepInitrd(deps.store, start.folder))]
  const artifacts = await keepAttemptFiles(deps.store, start.folder, booted)
  const cancelled = reason === 'cancelled'
  const stop = cancelled ? ('cancelled' as const) : ('lost' as const)
  const why = cancelled ? cancelSentence(begun, start, context) : reason
  const stoodStill = unwatched < noticedStandstill ? {} : { stoodStill: unwatched }
  const { target, probes } = context.cell.cell
  const files = shownFilesOf(deps.store, `${start.run}.${start.cell}.${start.number}`, artifacts, context.kernel)
  const asked = await askedOf(deps.store, context)
  const judging = judgeOffLoop({ files, asked, target, host: { stop, reason: why, ...stoodStill }, probes }, signal)
  const { host, findings, ending, sentence } = await judging
  const now = Date.now()
  return {
    ended: now,
    stage: host.stage,
    ending,
    sentence,
    host,
    findings,
    pace: { silences: {}, stages: {} },
    artifacts,
    judged: { at: now, probes: probesVersion },
  }
}

/** How far a cancelled attempt had come, where no boot of it says so itself. */
function cancelSentence(begun: boolean, { folder }: AttemptStart, { cell }: CellContext): string {
  const { target } = cell.cell
  const wanted = isLeased(target) ? ` while it waited for a place of ${wish(target)}` : ' before it began'
  if (!begun) return `The attempt was cancelled${wanted}.`
  return `The attempt was cancelled${existsSync(consoleFolder(folder)) ? '' : ' before power-on'}.`
}

function wish({ class: kind, tags }: LabTarget): string {
  return tags.length === 0 ? `class ${kind}` : `class ${kind} with ${tags.join(' and ')}`
}

/**
 * Seconds since the normal world was heard last: for so long nobody watched the target, and whether it ran nobody
 * knows. 0 when it had said nothing.
 */
async function unwatchedSeconds(folder: string): Promise<number> {
  const heard = keptLines(folder).filter((line) => isConsole(line) && speaksNormalWorld(line))
  const files = await Promise.all(
    heard.map(({ name }) => stat(join(consoleFolder(folder), `${name}.raw`)).catch(() => undefined)),
  )
  const written = files.flatMap((file) => (file === undefined || file.size === 0 ? [] : [file.mtimeMs]))
  return written.length === 0 ? 0 : Math.max(0, (Date.now() - Math.max(...written)) / 1000)
}

/** What it booted, as far as it is there: a damaged Image is set aside, and may be why the attempt was given up. */
function bootedBy({ store }: Deps, { cell, kernel, firmware }: CellContext): AttemptArtifact[] {
  const { target, stack } = cell.cell
  if (kernel?.outcome !== 'ok' || (stack.recipe !== undefined && firmware?.outcome !== 'ok')) return []
  return bootedArtifacts(target, kernel, firmware ?? undefined).filter((artifact) => hasArtifact(store, artifact))
}

async function tell(deps: Deps, start: AttemptStart, end: AttemptEnd): Promise<void> {
  const reporter = new Reporter(deps.store, { run: start.run, cell: start.cell, attempt: start.number })
  const seconds = (end.ended - start.started) / 1000
  reporter.tell('attempt-ended', { ending: end.ending, sentence: end.sentence, seconds })
  await reporter.flush()
}
