import fc from 'fast-check'
import type { EarlierNight } from '../../../domain/night/earlier-night.ts'
import type { TonightCell } from '../../../domain/night/order-cells.ts'
import { verdicts, type Verdict } from '../../../domain/verdict/verdict.ts'

let results = 0

/** A night of a cell that made so many attempts, of 10 s each. */
export function earlier(
  verdict: Verdict | null,
  inputs: EarlierNight['inputs'] = {},
  over: { counted?: number; seconds?: number } = {},
): EarlierNight {
  results++
  const counted = over.counted ?? (verdict === null ? 0 : 1)
  const seconds = over.seconds ?? 10 * counted
  return { result: `${results}.1`, verdict, attempts: { counted, made: counted, seconds }, inputs }
}

/** A cell of tonight; its id is `cell-NUMBER`. */
export function tonight(number: number, past: EarlierNight[] = [], inputs: EarlierNight['inputs'] = {}): TonightCell {
  return { number, cell: `cell-${number}`, inputs, count: 1, past }
}

export const anyVerdict = fc.constantFrom(null, ...verdicts)

/** Cells with any past, made of one of three kernels. */
export const anyCells = fc
  .array(
    fc.record({
      past: fc.array(fc.tuple(anyVerdict, fc.constantFrom('a', 'b', 'c'), fc.nat(5)), { maxLength: 6 }),
      kernel: fc.constantFrom('a', 'b', 'c'),
    }),
    { maxLength: 12 },
  )
  .map((drawn) =>
    drawn.map(({ past, kernel }, index) =>
      tonight(
        index + 1,
        past.map(([verdict, was, counted]) => earlier(verdict, { kernel: was }, { counted })),
        { kernel },
      ),
    ),
  )
