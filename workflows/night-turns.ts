import { condition, proxyLocalActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import { overBudget, Turns, type Waiting } from '../domain/night/turns.ts'
import type { NotRun } from '../domain/not-run.ts'
import type { CellOutline, RunTask } from './contracts.ts'
import { bookkeeping } from './options.ts'

const light = proxyLocalActivities<Pick<Activities, 'bootedSeconds'>>(bookkeeping)

/** Lets the cells of a night begin, one by one. */
export interface NightTurns {
  /** Resolves when the cell may begin, or will not. */
  take(cell: CellOutline): Promise<NightTurn>
  /** Seconds that the boots of each class took so far, in this story and those before it. */
  spent(): Record<string, number>
}

export interface NightTurn {
  /** Why the cell is not run; absent where it may begin. */
  notRun?: NotRun
  /** Counts what its boots took, when it has ended by itself; absent where nobody asks for that. */
  count?: () => Promise<void>
  /** Gives its turn back. */
  end: () => void
}

/**
 * The turns of a night: the most telling cells first, within the budgets of their classes.
 * @param cells in the order in which they are to begin
 * @param budget seconds by class
 */
export function nightTurns(
  { run, atOnce, before }: RunTask,
  cells: CellOutline[],
  budget: Record<string, number>,
): NightTurns {
  const turns = new Turns(atOnce, budget, before?.spent)
  return {
    spent: () => turns.spent(),
    async take(cell) {
      const me: Waiting = {
        position: cells.indexOf(cell),
        class: cell.class ?? '',
        seconds: cell.seconds,
        onHost: !cell.leased,
      }
      turns.enter(me)
      try {
        // Others that were told the same may have gone first.
        while (turns.turnOf(me) === 'wait') await condition(() => turns.turnOf(me) !== 'wait')
      } catch (error) {
        turns.giveUp(me)
        throw error
      }
      if (turns.turnOf(me) === 'never') {
        turns.giveUp(me)
        return { notRun: overBudget(me, budget[me.class]!), end: () => {} }
      }
      turns.begin(me)
      let spent = cell.seconds ?? 0
      return {
        ...(turns.isBudgeted(me) && {
          count: async () => void (spent = await light.bootedSeconds({ run, cell: cell.number })),
        }),
        end: () => turns.end(me, spent),
      }
    },
  }
}
