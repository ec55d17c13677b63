import type { JudgedAttempt, Verdict } from '../domain/verdict/verdict.ts'
import { verdictOf } from '../domain/verdict/cell-verdict.ts'
import { closeCell } from '../store/close-cell.ts'
import { cellDetail, type CellDetail } from '../store/details.ts'
import type { Deps } from './deps.ts'

/** Derives a cell's verdict from its stored attempts and keeps it. */
export async function judgeCell(deps: Deps, input: { run: number; cell: number }): Promise<Verdict> {
  const { cell } = await cellDetail(deps.store, input.run, input.cell)
  const attempts = judgedAttempts(cell)
  const verdict = verdictOf(attempts, cell.cell.expectations, cell.cell.attempts)
  await closeCell(deps.store, input.run, input.cell, verdict, Date.now())
  return verdict.verdict
}

/** The attempts of a cell that have ended, as a verdict needs them. */
export function judgedAttempts({ attempts }: CellDetail): JudgedAttempt[] {
  return attempts.flatMap(({ number, end }) =>
    end ? [{ number, ending: end.ending, sentence: end.sentence, findings: end.findings }] : [],
  )
}
