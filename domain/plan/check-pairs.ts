import type { Cell } from '../cell.ts'
import { countedAttempts } from './schema.ts'
import { turnsOf } from './turns-of.ts'
import type { Checked } from './check.ts'

/**
 * Complains about `pairs` beside a count of attempts, for one of the two would be ignored, and about `pairs` where no cell has
 * another to take turns with; or more of them than one story can hold, for those that take turns share it.
 */
export function checkPairs(cells: readonly Cell[], { yaml, complain }: Checked): void {
  const { pairs, attempts } = yaml.value as { pairs?: number; attempts?: number | Record<string, unknown> }
  if (pairs === undefined) return
  const counted = ['count', 'until'].filter((key) => typeof attempts === 'object' && key in attempts)
  const paths = typeof attempts === 'number' ? [['attempts']] : counted.map((key) => ['attempts', key])
  for (const path of paths)
    complain(
      path,
      'pairs says already how many attempts of each cell count',
      'leave one of the two out; attempts: { infra: 5 } may stand beside pairs',
      'key',
    )
  const turns = turnsOf(cells)
  if (turns.size === 0)
    complain(
      ['pairs'],
      'no two cells differ by their kernel alone, so that none has another to take turns with',
      'name a base and a series under kernels, or write attempts',
      'key',
    )
  const rows = Map.groupBy(turns.values(), (first) => first)
  const inTurns = Math.max(0, ...Array.from(rows.values(), ({ length }) => length))
  const most = Math.floor(countedAttempts / inTurns)
  if (pairs > most)
    complain(
      ['pairs'],
      `${pairs} of ${inTurns} kernels are more attempts than one story tells; ${most} at most`,
      'make fewer, or start more runs',
    )
}
