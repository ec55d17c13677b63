import { rm } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readReport, type NightSettings } from '../../reading/read-report.ts'
import { artifactPath, putArtifact } from '../../store/artifacts.ts'
import { finishAttempt, startAttempt } from '../../store/attempts.ts'
import { judgeCell, setCellBuilds } from '../../store/cells.ts'
import { putBuild } from '../../store/builds.ts'
import { writeNight } from '../../store/nights.ts'
import { createRun, endRun } from '../../store/runs.ts'
import { openStore, type Store } from '../../store/store.ts'
import { noon, sampleBuild, sampleEnd, sampleRun, sampleStart, temporaryState } from '../store/samples.ts'

let store: Store
const day = 86_400_000
const lines = Array.from(
  { length: 40 },
  (_, index) => `[    0.0000${index}] line ${index + 1} of \x1b[1muart0\x1b[0m\r\n`,
)

beforeEach(async () => {
  store = await openStore(await temporaryState())
})

afterEach(async () => {
  await store.close()
  await rm(store.folder, { recursive: true })
})

const settings =
  (more: Partial<NightSettings> = {}) =>
  () =>
    Promise.resolve({ issues: [], zone: 'UTC', owner: 'the lab', ...more })
const now = noon + day

/** A run of two cells, of which the first was booted; what it was judged and when. */
async function makeRun(verdict: 'pass' | 'fail' | undefined, started = noon): Promise<number> {
  const run = await createRun(store, { ...sampleRun(2), started })
  const kernel = await putBuild(store, await sampleBuild(store, 'a'.repeat(64)))
  await setCellBuilds(store, run, 1, { kernel: kernel.id, firmware: null })
  const start = { ...sampleStart({ run, cell: 1, number: 1 }), place: `place-${run}`, started: started + 1000 }
  await startAttempt(store, start)
  if (verdict === undefined) return run
  const end = await sampleEnd(store, 1)
  const console = await putArtifact(store, Buffer.from(lines.join('')))
  const findings = end.findings.map((finding) => ({ ...finding, outcome: verdict }))
  const artifacts = [{ name: 'console/uart0', world: 'NS' as const, ...console }]
  await finishAttempt(store, start, { ...end, ended: started + 21_500, artifacts, findings })
  const because = [{ attempt: 1, finding: 'ffa.check0' }]
  await judgeCell(store, run, 1, { verdict, sentence: 'FF-A calls are refused.', because })
  const summary = { state: 'finished', ended: started + 30_000, exitCode: 1, summary: 'Not as expected.' } as const
  await endRun(store, run, summary)
  return run
}

it('a run is read with every cell, each attempt, and the lines around what a finding rests on', async () => {
  const run = await makeRun('fail')
  const report = await readReport(store, { run }, settings(), now)
  expect(report).toMatchObject({
    night: null,
    run: { id: run, state: 'finished', exitCode: 1, buildsOnly: false },
    cells: [
      { result: `${run}.1`, state: 'judged', verdict: { verdict: 'fail' } },
      { result: `${run}.2`, state: 'not run', verdict: null, attempts: [] },
    ],
    builds: [{ id: 'a'.repeat(64), outcome: 'ok' }],
    strips: [],
  })
  const [attempt] = report!.cells[0]!.attempts
  expect(attempt).toMatchObject({
    says: { verdict: 'fail' },
    stages: [
      { stage: 'bl1', seconds: 0.75 },
      { stage: 'kernel', seconds: 5 },
    ],
  })
  const [finding] = attempt!.findings
  expect(finding!.weight).toBe('against')
  expect(finding!.evidence[0]!.lines.map(({ number, text, cited }) => [number, text, cited])).toEqual(
    [8, 9, 10, 11, 12, 13, 14].map((number) => [
      number,
      `[    0.0000${number - 1}] line ${number} of uart0`,
      number >= 10 && number <= 12,
    ]),
  )
})

it('a console that is not kept any longer leaves the evidence its own words', async () => {
  const run = await makeRun('fail')
  const console = await putArtifact(store, Buffer.from(lines.join('')))
  await rm(artifactPath(store, console.sha256))
  const report = await readReport(store, { run }, settings(), now)
  const [piece] = report!.cells[0]!.attempts[0]!.findings[0]!.evidence
  expect(piece!.lines.map(({ text }) => text)).toEqual(['ARM FF-A: error', '-22'])
})

it('a run that goes on is told as far as it is', async () => {
  const run = await makeRun(undefined)
  const report = await readReport(store, { run }, settings(), now)
  expect(report).toMatchObject({
    told: now,
    run: { state: 'running', ended: null, summary: null },
    cells: [{ state: 'open', attempts: [{ ended: null, ending: null, says: null, findings: [] }] }, { state: 'open' }],
  })
})

it('a run that is a night is held against the nights before it, by its number as by its schedule', async () => {
  const [before, bad] = [await makeRun('pass'), await makeRun('fail', noon + day)]
  for (const [index, run] of [before, bad].entries()) {
    const due = noon + index * day
    await writeNight(store, { schedule: 'nightly', workflowId: `night-${index}`, due, begun: due, run, fault: null })
  }
  const byRun = await readReport(store, { run: bad }, settings(), now)
  expect(byRun).toMatchObject({
    night: { schedule: 'nightly', run: bad, owner: 'the lab' },
    story: { red: true, groups: [{ standing: 'new failure' }, { standing: 'not run' }] },
  })
  expect(await readReport(store, { schedule: 'nightly' }, settings(), now)).toEqual(byRun)
  const first = await readReport(store, { schedule: 'nightly', night: 1 }, settings(), now)
  expect(first).toMatchObject({ run: { id: before }, story: { red: false } })
  expect(await readReport(store, { schedule: 'weekly' }, settings(), now)).toBeUndefined()
})

it('what somebody looks after is marked where its cell is told', async () => {
  const run = await makeRun('fail')
  await writeNight(store, { schedule: 'nightly', workflowId: 'n', due: noon, begun: noon, run, fault: null })
  const issue = { finding: 'ffa.check0', facts: {}, cells: {}, reason: 'the thread', owner: 'me', at: 'known.yaml:1' }
  const report = await readReport(store, { run }, settings({ issues: [issue] }), now)
  expect(report!.cells[0]!.known).toBe('the thread (me, known.yaml:1)')
  expect(report!.story).toMatchObject({ red: false, groups: [{ standing: 'known' }, { standing: 'not run' }] })
})

it('a night that did not begin is told with why', async () => {
  const fault = 'plan.yaml:1:1: it is empty'
  await writeNight(store, { schedule: 'nightly', workflowId: 'n', due: noon, begun: noon, run: null, fault })
  expect(await readReport(store, { schedule: 'nightly' }, settings(), now)).toMatchObject({
    night: { fault },
    run: null,
    cells: [],
  })
})

it('what passed in some attempts and failed in others is drawn, as far as it had shown when the run ended', async () => {
  const [, second] = [await makeRun('pass'), await makeRun('fail', noon + day), await makeRun('pass', noon + 2 * day)]
  const report = await readReport(store, { run: second! }, settings(), now)
  expect(report!.strips).toMatchObject([
    {
      cell: 'linux-6.18.5/ffa=y/optee-sel1/mode1/qemu',
      finding: 'ffa.check0',
      failed: { happened: 1, of: 2 },
      boxes: [
        { attempt: '1.1.1', said: 'pass' },
        { attempt: '2.1.1', said: 'fail' },
      ],
    },
  ])
})
