import { LabError } from '../domain/errors.ts'
import { probesVersion } from '../domain/probes/registry.ts'
import { verdictOf } from '../domain/verdict/cell-verdict.ts'
import { compareFindings, type FindingChange } from '../domain/verdict/compare-findings.ts'
import { windowClosed } from '../domain/not-run.ts'
import { summariseRun } from '../domain/verdict/summarise-run.ts'
import type { CellVerdict } from '../domain/verdict/verdict.ts'
import type { Attempt, AttemptEnd } from '../store/attempt.ts'
import { judgeShown } from './judge-shown.ts'
import { askedOf, storedFiles } from './shown-files.ts'
import { searchSummary } from './search-summary.ts'
import { attemptDetail, runDetail, type CellDetail } from '../store/details.ts'
import type { JudgedAgain, JudgedCell, Judgement } from '../store/judgements.ts'
import type { Store } from '../store/store.ts'

/** What the probes of today make of a run, beside what it is judged to be. */
export interface JudgedRun {
  judgement: Judgement
  changes: AttemptChange[]
  /** Why attempts stay judged as they were: NotFound where a rule has removed their files, ArtifactDamaged where somebody has. */
  unread: LabError[]
  verdicts: { cell: number; id: string; before: CellVerdict | null; after: CellVerdict | null }[]
}

/** An attempt of which something came out differently. */
export interface AttemptChange {
  /** e.g. `12.3.1`. */
  attempt: string
  cell: string
  /** The version of the probes that judged it before, and of those that do now. */
  probes: { before: string; after: string }
  ending?: { before: AttemptEnd['ending']; after: AttemptEnd['ending'] }
  findings: FindingChange[]
}

type EndedAttempt = Attempt & { end: AttemptEnd }

/**
 * Judges the stored attempts of a run again. One whose logs or records are gone stays as it was. Writes nothing.
 * @param now epoch ms
 * @param told after each attempt, with how many are done
 * @throws LabError BadInput when there is no such run
 */
export async function judgeAgain(
  store: Store,
  run: number,
  now: number,
  told: (done: number, of: number) => void = () => {},
): Promise<JudgedRun> {
  const detail = await runDetail(store, run)
  const total = detail.cells.flatMap(({ attempts }) => attempts.filter(hasEnded)).length
  const cells: JudgedCell[] = []
  const changes: AttemptChange[] = []
  const unread: LabError[] = []
  let done = 0
  for (const cell of detail.cells) {
    const attempts: JudgedAgain[] = []
    for (const attempt of cell.attempts.filter(hasEnded)) {
      const again = await judgeAttempt(store, attempt, now).catch((error: unknown) => {
        if (!isGone(error)) throw error
        unread.push(error)
        return asItWas(attempt)
      })
      attempts.push(again)
      const change = changeOf(cell, attempt, again)
      if (change) changes.push(change)
      told(++done, total)
    }
    cells.push({ number: cell.number, attempts, verdict: verdictAgain(cell, attempts) })
  }
  const failedBuilds = detail.builds.filter(({ outcome }) => outcome === 'failed').length
  const judged = cells.flatMap(({ verdict }) => (verdict ? [verdict] : []))
  const notRun = detail.cells.flatMap((cell) => (cell.notRun && !cell.verdict ? [cell.notRun] : []))
  const { state, exitCode, summary, options } = detail.run
  const about = { cells: cells.length, failedBuilds, notRun, reason: options?.closes === undefined ? '' : windowClosed }
  const again = state === 'finished' ? summariseRun(judged, { ...about, state }) : undefined
  const asJudged = detail.cells.map((cell, index) => withJudgement(cell, cells[index]!))
  const came = searchSummary({ ...detail, cells: asJudged }, state) ?? again
  const judgement = { exitCode: came?.exitCode ?? exitCode, summary: came?.sentence ?? summary, cells }
  return { judgement, changes, unread, verdicts: verdictChanges(detail.cells, cells) }
}

/** Whether an attempt cannot be read, for a rule or somebody has removed its files. */
function isGone(error: unknown): error is LabError {
  return error instanceof LabError && (error.code === 'NotFound' || error.code === 'ArtifactDamaged')
}

async function judgeAttempt(store: Store, attempt: EndedAttempt, now: number): Promise<JudgedAgain> {
  const detail = await attemptDetail(store, attempt)
  const { target, probes } = detail.cell.cell
  const { findings, ending, sentence } = await judgeShown({
    files: storedFiles(store, detail),
    asked: await askedOf(store, detail),
    target,
    host: attempt.end.host,
    probes,
  })
  return { number: attempt.number, ending, sentence, findings, judged: { at: now, probes: probesVersion } }
}

function asItWas({ number, end: { ending, sentence, findings, judged } }: EndedAttempt): JudgedAgain {
  return { number, ending, sentence, findings, judged }
}

function changeOf({ cell }: CellDetail, attempt: EndedAttempt, again: JudgedAgain): AttemptChange | undefined {
  const { end } = attempt
  const findings = compareFindings(end.findings, again.findings)
  const ending = end.ending === again.ending ? {} : { ending: { before: end.ending, after: again.ending } }
  if (findings.length === 0 && end.ending === again.ending) return undefined
  const probes = { before: end.judged.probes, after: again.judged.probes }
  return { attempt: attempt.id, cell: cell.id, probes, ...ending, findings }
}

/** A cell that never got a verdict, because it was not built or the run was cancelled, gets none now. */
function verdictAgain({ cell, verdict }: CellDetail, attempts: JudgedAgain[]): CellVerdict | null {
  if (verdict === null || attempts.length === 0) return verdict
  return verdictOf(attempts, cell.expectations, cell.attempts)
}

/** A cell as if it had been judged so from the beginning. */
function withJudgement(cell: CellDetail, { verdict, attempts }: JudgedCell): CellDetail {
  const judged = cell.attempts.map((attempt) => {
    const again = attempts.find(({ number }) => number === attempt.number)
    if (!attempt.end || !again) return attempt
    const { ending, sentence, findings } = again
    return { ...attempt, end: { ...attempt.end, ending, sentence, findings } }
  })
  return { ...cell, verdict, attempts: judged }
}

function verdictChanges(before: CellDetail[], after: JudgedCell[]): JudgedRun['verdicts'] {
  return before.flatMap(({ number, cell, verdict }) => {
    const again = after.find((one) => one.number === number)?.verdict ?? null
    return verdict?.verdict === again?.verdict ? [] : [{ cell: number, id: cell.id, before: verdict, after: again }]
  })
}

function hasEnded(attempt: Attempt): attempt is EndedAttempt {
  return attempt.end !== null
}
