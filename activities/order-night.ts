import type { AttemptPolicy } from '../domain/cell.ts'
import { inputsOf } from '../domain/night/cell-inputs.ts'
import type { EarlierNight } from '../domain/night/earlier-night.ts'
import type { TonightCell } from '../domain/night/order-cells.ts'
import { planNight, type NightPlan } from '../domain/night/plan-night.ts'
import { mostAttempts } from '../domain/plan/schema.ts'
import { setCells, setNotRun, setTools, type StoredCell } from '../store/cells.ts'
import { cellsOfRuns, type NightCell } from '../store/night-cells.ts'
import { nightOfRun, nightsOf } from '../store/nights.ts'
import type { Run } from '../store/runs.ts'
import { qemuVersion } from '../targets/qemu/version.ts'
import type { Deps } from './deps.ts'

/** So many nights before are looked at: a month's. */
const remembered = 30

/**
 * Says which cells of a night are run and in which order, by the nights before, and writes down what is to be said of
 * those that are not. Done again it comes to the same.
 * @param cells of the run, with their builds
 * @returns undefined for a run that is no night
 */
export async function orderNight(deps: Deps, run: Run, cells: readonly StoredCell[]): Promise<NightPlan | undefined> {
  const { store } = deps
  const night = await nightOfRun(store, run.id)
  if (!night) return undefined
  const version = cells.some(({ cell }) => cell.target.kind === 'qemu') ? await qemuVersion() : undefined
  const tools: Record<string, string> = version === undefined ? {} : { qemu: version }
  await setTools(store, run.id, tools)
  const earlier = (await nightsOf(store, night.schedule, night.id, remembered + 1))
    .slice(1)
    .flatMap(({ run: number, due }) => (number === null ? [] : [{ run: number, at: due }]))
  const before = await cellsOfRuns(
    store,
    earlier.map(({ run: number }) => number),
  )
  const nights = earlier.map(({ run: number, at }) => ({
    run: number,
    at,
    cells: (before.get(number) ?? []).map(earlierCell),
  }))
  const past = Map.groupBy(
    nights.toReversed().flatMap(({ cells: ofNight }) => ofNight),
    ({ cell }) => cell,
  )
  const tonight = cells.map((stored): TonightCell => ({
    number: stored.number,
    cell: stored.cell.id,
    inputs: inputsOf(stored.cell, { ...stored, tools }),
    count: stored.cell.attempts.count,
    past: past.get(stored.cell.id) ?? [],
  }))
  const plan = planNight(tonight, nights, run.options?.unchanged ?? 'run')
  await writePlan(deps, run, cells, plan)
  return plan
}

async function writePlan({ store }: Deps, run: Run, cells: readonly StoredCell[], plan: NightPlan): Promise<void> {
  for (const { number, unless } of plan.cells) if (unless) await setNotRun(store, run.id, number, unless)
  const repeated = new Set(plan.cells.filter(({ repeats }) => repeats).map(({ number }) => number))
  const changed = cells
    .filter(({ number }) => repeated.has(number))
    .map(({ number, cell }) => {
      return [number, { ...cell, attempts: untilSure(cell.attempts) }] as const
    })
  await setCells(store, run.id, new Map(changed))
}

function untilSure({ infra }: AttemptPolicy): AttemptPolicy {
  return { count: mostAttempts, infra, until: 'confident' }
}

function earlierCell(stored: NightCell): EarlierNight & { cell: string } {
  const { run, number, cell, verdict, attempts } = stored
  return {
    cell: cell.id,
    result: `${run}.${number}`,
    verdict: verdict?.verdict ?? null,
    attempts,
    inputs: inputsOf(cell, stored),
  }
}
