import { sql } from 'kysely'
import type { Ending } from '../domain/attempt.ts'
import type { Outcome } from '../domain/finding.ts'
import type { Sample, SampleFinding } from '../domain/flake/sample.ts'
import { formatResultId } from './result-id.ts'
import type { Store } from './store.ts'

/** Which attempts are looked at. */
export interface SampleQuery {
  /** The plan's name; all when absent. */
  plan?: string
  /** The last so many ended attempts of each cell. */
  last: number
}

/** The last attempts of each cell of a plan, or of all, over all runs, oldest first. */
export async function readSamples(store: Store, { plan, last }: SampleQuery): Promise<Sample[]> {
  const ranked = store.database
    .selectFrom('attempts')
    .innerJoin('cells', (join) =>
      join.onRef('cells.run', '=', 'attempts.run').onRef('cells.number', '=', 'attempts.cell'),
    )
    .innerJoin('runs', 'runs.id', 'attempts.run')
    .where('attempts.ending', 'is not', null)
    .$if(plan !== undefined, (query) => query.where('runs.plan', '=', plan!))
    .select([
      'attempts.run',
      'attempts.cell',
      'attempts.number',
      'attempts.place',
      'attempts.started',
      'attempts.ending',
      'runs.plan',
      'cells.id',
      'cells.kernel_build',
      'cells.firmware_build',
    ])
    .select(sql<number>`row_number() over (partition by runs.plan, cells.id order by attempts.started desc)`.as('rank'))
  const rows = await store.database
    .selectFrom(ranked.as('ranked'))
    .selectAll()
    .where('rank', '<=', last)
    .orderBy('started')
    .execute()
  const findings = await findingsOf(
    store,
    rows.map(({ run }) => run),
  )
  return rows.map((row) => ({
    attempt: keyOf(row),
    plan: row.plan,
    cell: row.id,
    at: row.started,
    ending: row.ending as Ending,
    made: {
      ...labPlace(row.place),
      ...(row.kernel_build !== null && { kernel: row.kernel_build }),
      ...(row.firmware_build !== null && { firmware: row.firmware_build }),
    },
    findings: findings.get(keyOf(row)) ?? [],
  }))
}

/** A place of a lab has a name that lasts; one of this host's is called after its attempt. */
function labPlace(place: string): { place?: string } {
  return /\/\d+\.\d+$/.test(place) ? {} : { place }
}

async function findingsOf(store: Store, runs: number[]): Promise<Map<string, SampleFinding[]>> {
  const all = new Map<string, SampleFinding[]>()
  for (const run of new Set(runs)) {
    const rows = await store.database
      .selectFrom('findings')
      .select(['run', 'cell', 'attempt', 'id', 'outcome', 'because'])
      .where('run', '=', run)
      .orderBy('position')
      .execute()
    for (const { id, outcome, because, attempt, ...row } of rows) {
      const key = keyOf({ ...row, number: attempt })
      const finding = { id, outcome: outcome as Outcome, ...(because !== null && { because }) }
      all.set(key, [...(all.get(key) ?? []), finding])
    }
  }
  return all
}

function keyOf({ run, cell, number }: { run: number; cell: number; number: number }): string {
  return formatResultId({ kind: 'attempt', run, cell, attempt: number })
}
