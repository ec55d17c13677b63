import type { Outcome } from '../../domain/finding.ts'
import type { Verdict } from '../../domain/verdict/verdict.ts'
import type { Context } from '../context.ts'

type Paint = Context['paint']

/** A verdict in its colour: green as expected, red a fault, yellow where somebody has to look. */
export function paintVerdict(verdict: Verdict, paint: Paint): string {
  const colours: Record<Verdict, (text: string) => string> = {
    pass: paint.green,
    'known-fail': paint.yellow,
    fixed: paint.cyan,
    fail: paint.red,
    flaky: paint.magenta,
    inconclusive: paint.magenta,
    infra: paint.blue,
  }
  return colours[verdict](verdict)
}

export function paintOutcome(outcome: Outcome, paint: Paint): string {
  const colours = { pass: paint.green, fail: paint.red, skip: paint.dim, unknown: paint.magenta }
  return colours[outcome](outcome)
}
