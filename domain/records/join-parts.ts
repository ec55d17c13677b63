import type { RecordBody, TargetRecord } from './record.ts'

type Parted = Extract<RecordBody, { fact: 'file' | 'list' }>

/**
 * Joins long `file` and `list` facts that came in parts: one record for each, without `part` and `parts`, under the number
 * of the first part. Parts of a fact that is not whole stay as they are.
 * @param records sorted by sequence number
 */
export function joinParts(records: TargetRecord[]): TargetRecord[] {
  const joined: TargetRecord[] = []
  for (let at = 0; at < records.length;) {
    const run = wholeRun(records, at)
    const first = records[at]
    if (first === undefined) break
    joined.push(run === undefined ? first : { sequence: first.sequence, body: join(run) })
    at += run?.length ?? 1
  }
  return joined
}

/** The parts from `at` on, when they are all of one fact; init sends them one after the other. */
function wholeRun(records: TargetRecord[], at: number): Parted[] | undefined {
  const first = records[at]
  if (first === undefined || !isParted(first.body) || first.body.part !== 1) return undefined
  const { fact, path, parts = 0 } = first.body
  const run = records.slice(at, at + parts).filter(({ body, sequence }, n) => {
    return (
      isParted(body) &&
      body.fact === fact &&
      body.path === path &&
      body.part === n + 1 &&
      sequence === first.sequence + n
    )
  })
  return parts > 0 && run.length === parts ? run.map(({ body }) => body).filter(isParted) : undefined
}

function join(run: Parted[]): RecordBody {
  const first = run[0]
  const rc = run.find((part) => part.rc !== 0)?.rc ?? 0
  const path = first?.path ?? ''
  if (first?.fact === 'list') {
    return { fact: 'list', path, rc, names: run.flatMap((part) => (part.fact === 'list' ? part.names : [])) }
  }
  return { fact: 'file', path, rc, text: run.map((part) => (part.fact === 'file' ? part.text : '')).join('') }
}

function isParted(body: RecordBody): body is Parted {
  return body.fact === 'file' || body.fact === 'list'
}
