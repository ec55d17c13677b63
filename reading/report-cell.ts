import { readFile } from 'node:fs/promises'
import { readLines } from '../domain/console/line-reader.ts'
import type { ConsoleLine } from '../domain/console/line.ts'
import { inContext } from '../domain/report/in-context.ts'
import type { CellState, ReportAttempt, ReportCell, ReportFinding } from '../domain/report/report.ts'
import { weigh } from '../domain/report/weigh.ts'
import { stages } from '../domain/stage.ts'
import { verdictOfAttempt } from '../domain/verdict/attempt-verdict.ts'
import { counts } from '../domain/verdict/counts.ts'
import { artifactPath } from '../store/artifacts.ts'
import type { Attempt, AttemptEnd } from '../store/attempt.ts'
import type { CellDetail } from '../store/details.ts'
import type { Run } from '../store/runs.ts'
import type { Store } from '../store/store.ts'

/** A cell as reports tell it, its evidence in the context of the consoles that are still kept. */
export async function reportCell(
  store: Store,
  run: Pick<Run, 'id' | 'state' | 'options'>,
  detail: CellDetail,
): Promise<ReportCell> {
  const { number, cell, verdict, kernelBuild, firmwareBuild } = detail
  const attempts: ReportAttempt[] = []
  // One after the other: each may hold consoles of many megabytes.
  for (const attempt of detail.attempts) attempts.push(await reportAttempt(store, attempt, detail))
  return {
    result: `${run.id}.${number}`,
    number,
    id: cell.id,
    axes: cell.axes,
    kernel: { name: cell.kernel.name, sources: cell.kernel.sources, patches: cell.kernel.patches },
    state: verdict ? 'judged' : unjudged(run),
    verdict,
    known: null,
    expectations: cell.expectations,
    cmdline: cell.cmdline,
    target: cell.target.name,
    kernelBuild,
    firmwareBuild,
    attempts,
  }
}

function unjudged({ state, options }: Pick<Run, 'state' | 'options'>): CellState {
  if (options?.until === 'builds') return 'builds only'
  return state === 'running' ? 'open' : 'not run'
}

async function reportAttempt(store: Store, attempt: Attempt, { cell, verdict }: CellDetail): Promise<ReportAttempt> {
  const { id, number, place, started, end } = attempt
  const start = { id, number, place, started }
  if (!end) return { ...start, ...notEnded }
  const says = counts(end.ending) ? verdictOfAttempt({ number, ...end }, cell.expectations) : null
  const weights = weigh(end.findings, cell.expectations, says)
  const restsOn = new Set(verdict?.because.flatMap((each) => (each.attempt === number ? [each.finding] : [])))
  const readConsole = consolesOf(store, end)
  const findings: ReportFinding[] = []
  for (const [index, finding] of end.findings.entries()) {
    // What nobody asks about is told by what it cites alone.
    const looksAround = finding.outcome === 'fail' || restsOn.has(finding.id)
    const evidence = await Promise.all(
      finding.evidence.map(async (one) =>
        inContext(one, looksAround && one.kind === 'console' ? await readConsole(one.console) : undefined),
      ),
    )
    findings.push({ ...finding, weight: weights[index]!, evidence })
  }
  return {
    ...start,
    ended: end.ended,
    ending: end.ending,
    sentence: end.sentence,
    stage: end.stage,
    says,
    stages: stages.flatMap((stage) => {
      const seconds = end.pace.stages[stage]
      return seconds === undefined ? [] : [{ stage, seconds }]
    }),
    findings,
    files: end.artifacts.map(({ name, sha256, size }) => ({ name, sha256, size })),
  }
}

const notEnded = {
  ended: null,
  ending: null,
  sentence: null,
  stage: null,
  says: null,
  stages: [],
  findings: [],
  files: [],
}

/** Reads a console of an attempt when it is first asked for; undefined where it is not kept, or not any longer. */
function consolesOf(store: Store, { artifacts }: AttemptEnd): (name: string) => Promise<ConsoleLine[] | undefined> {
  const read = new Map<string, Promise<ConsoleLine[] | undefined>>()
  return (name) => {
    const artifact = artifacts.find((one) => one.name === `console/${name}`)
    if (!artifact) return Promise.resolve(undefined)
    const known = read.get(name)
    if (known) return known
    const lines = readFile(artifactPath(store, artifact.sha256)).then(readLines, () => undefined)
    read.set(name, lines)
    return lines
  }
}
