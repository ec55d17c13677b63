import type { RunDetail } from '../../store/details.ts'

/** What may not be after a disturbed run. */
export type FaultKind = 'wrong verdict' | 'failed run' | 'leak' | 'open row' | 'other'
export interface Fault {
  kind: FaultKind
  what: string
}

/** What a cell comes to when nobody disturbs it: its verdict, and the outcome of each finding. */
export interface Undisturbed {
  verdict: string
  outcomes: Record<string, string>
}

/** What was lost to a disturbance, and may be: attempts that were made again. */
export interface Lost {
  infra: number
  tainted: number
}

/** How each cell of an undisturbed run came out, by the cell's id. @throws Error when it did not come out well */
export function undisturbed({ run, cells }: RunDetail): Map<string, Undisturbed> {
  return new Map(
    cells.map(({ cell, verdict, attempts }) => {
      const [attempt, ...more] = attempts
      if (run.exitCode !== 0 || !verdict || attempt?.end?.ending !== 'finished' || more.length > 0)
        throw new Error(`Nobody disturbed run ${run.id}, and yet ${cell.id} did not come out at once: ${run.summary}`)
      return [cell.id, { verdict: verdict.verdict, outcomes: outcomesOf(attempt.end.findings) }]
    }),
  )
}

/** All that is wrong with a run that has ended, or was given up, beside how its cells come out undisturbed. */
export function faultsOfRun({ run, cells }: RunDetail, expected: ReadonlyMap<string, Undisturbed>): Fault[] {
  const faults: Fault[] = []
  const add = (kind: FaultKind, what: string): void => void faults.push({ kind, what })
  if (run.state === 'running') add('open row', `run ${run.id} is still running`)
  else if (run.state !== 'finished') add('failed run', `run ${run.id} is ${run.state}: ${run.summary}`)
  for (const { number, cell, verdict, attempts } of cells) {
    const id = `${run.id}.${number}`
    const should = expected.get(cell.id)
    if (!should) throw new Error(`No undisturbed run has the cell ${cell.id}.`)
    if (!verdict && run.state === 'finished') add('open row', `${id} has no verdict`)
    if (verdict && verdict.verdict !== should.verdict)
      add('wrong verdict', `${id} is ${verdict.verdict}, not ${should.verdict}: ${verdict.sentence}`)
    for (const { id: attempt, end } of attempts) {
      if (!end) add('open row', `attempt ${attempt} has no end`)
      else if (end.ending === 'finished')
        for (const [finding, was] of differences(outcomesOf(end.findings), should.outcomes))
          add('wrong verdict', `attempt ${attempt} says ${finding} ${was}`)
      else if (end.ending !== 'infra' && end.ending !== 'tainted')
        add('wrong verdict', `attempt ${attempt} ended as ${end.ending}: ${end.sentence}`)
    }
    for (const [n, { id: attempt, started, fence }] of attempts.entries()) {
      const before = attempts[n - 1]
      if (before && (before.end?.ended ?? Infinity) > started)
        add('other', `attempt ${attempt} began before ${before.id} had ended`)
      if (before && before.fence >= fence) add('other', `the fence of attempt ${attempt} is not above the one before`)
    }
  }
  if (faults.length === 0 && run.exitCode !== 0) add('failed run', `run ${run.id} exits with ${run.exitCode}`)
  return faults
}

/** How many attempts of a run were lost and made again. */
export function lostOf({ cells }: RunDetail): Lost {
  const endings = cells.flatMap(({ attempts }) => attempts.map(({ end }) => end?.ending))
  const count = (ending: string): number => endings.filter((one) => one === ending).length
  return { infra: count('infra'), tainted: count('tainted') }
}

function outcomesOf(findings: readonly { id: string; outcome: string }[]): Record<string, string> {
  return Object.fromEntries(findings.map(({ id, outcome }) => [id, outcome]))
}

/** A guest whose clock jumps tells of stalls: no ending shows that, only a finding that is not as it was. */
function differences(is: Record<string, string>, should: Record<string, string>): [id: string, was: string][] {
  const ids = [...new Set([...Object.keys(is), ...Object.keys(should)])]
  return ids
    .filter((id) => is[id] !== should[id])
    .map((id) => [id, `${is[id] ?? 'nothing'}, not ${should[id] ?? 'nothing'}`])
}
