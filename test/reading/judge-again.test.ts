/** A run with a real console in the store, judged wrongly at first: what judging it again says, writes and keeps. */
import { readFile, rm, truncate } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { judgeAgain } from '../../reading/judge-again.ts'
import { readStory } from '../../reading/read-story.ts'
import { encodeFrame } from '../../domain/records/frame.ts'
import { probesVersion } from '../../domain/probes/registry.ts'
import { verdictOf } from '../../domain/verdict/cell-verdict.ts'
import { artifactPath, putArtifact } from '../../store/artifacts.ts'
import type { AttemptEnd } from '../../store/attempt.ts'
import { finishAttempt, startAttempt } from '../../store/attempts.ts'
import { judgeCell } from '../../store/cells.ts'
import { attemptDetail, runDetail } from '../../store/details.ts'
import { formerJudgements, replaceJudgement } from '../../store/judgements.ts'
import { createRun, endRun } from '../../store/runs.ts'
import { giveUpFiles } from '../../store/keeping/give-up.ts'
import { openStore, type Store } from '../../store/store.ts'
import { noon, sampleCell, sampleRun, sampleStart, temporaryState } from '../store/samples.ts'

let store: Store
/** What init says last, and here also first. */
const lastRecord = `${encodeFrame({ sequence: 1, payload: JSON.stringify({ fact: 'end', records: 1 }) })}\n`
const key = { run: 1, cell: 1, number: 1 }
const cell = {
  ...sampleCell('protected'),
  expectations: [{ at: 'plan.yaml:1:1', findings: [{ id: 'pkvm.mode', outcome: 'pass' as const, facts: {} }] }],
}

beforeEach(async () => {
  store = await openStore(await temporaryState())
  await createRun(store, { ...sampleRun(1, 'workflow'), cells: [cell] })
  const console = await readFile('test/fixtures/consoles/linux-6.18.5-ffa-builtin-pkvm.uart0.log')
  const end: AttemptEnd = {
    ended: noon + 2_000,
    stage: 'off',
    ending: 'finished',
    sentence: 'The boot came to its end and said so.',
    host: { stop: 'power-off', reason: '', stage: 'off' },
    pace: { silences: {}, stages: {} },
    artifacts: [
      { name: 'console/uart0', world: null, ...(await putArtifact(store, console)) },
      { name: 'records', world: null, ...(await putArtifact(store, Buffer.from(lastRecord))) },
    ],
    findings: [
      { id: 'pkvm.mode', outcome: 'fail', sentence: 'Wrong.', evidence: [], facts: {} },
      { id: 'pkvm.of-old', outcome: 'pass', sentence: 'Asked no longer.', evidence: [], facts: {} },
    ],
    judged: { at: noon + 2_000, probes: '0' },
  }
  await startAttempt(store, sampleStart(key))
  await finishAttempt(store, sampleStart(key), end)
  await judgeCell(store, 1, 1, verdictOf([{ number: 1, ...end }], cell.expectations, cell.attempts))
  await endRun(store, 1, { state: 'finished', ended: noon + 3_000, exitCode: 1, summary: 'Not as expected: 1 fail.' })
})

afterEach(async () => {
  await store.close()
  await rm(store.folder, { recursive: true })
})

test('says which findings come out differently, on what they rest, and which verdicts follow', async () => {
  const before = await runDetail(store, 1)
  const { changes, verdicts, judgement } = await judgeAgain(store, 1, noon + 9_000)
  const [change] = changes
  expect(change).toMatchObject({ attempt: '1.1.1', probes: { before: '0', after: probesVersion } })
  expect(change!.findings.find(({ id }) => id === 'pkvm.mode')).toMatchObject({
    kind: 'outcome',
    before: { outcome: 'fail' },
    after: {
      outcome: 'pass',
      evidence: [{ kind: 'console', text: expect.stringContaining('Protected hVHE mode initialized successfully') }],
    },
  })
  expect(change!.findings.find(({ id }) => id === 'pkvm.of-old')).toMatchObject({ kind: 'gone' })
  expect(verdicts).toMatchObject([{ cell: 1, before: { verdict: 'fail' }, after: { verdict: 'pass' } }])
  expect(judgement).toMatchObject({ exitCode: 0, summary: 'As expected: 1 pass.' })
  expect(await runDetail(store, 1)).toEqual(before)
})

test('an attempt whose logs a rule has removed stays judged as it was, and that is said', async () => {
  const given = { run: 1, cell: 1, attempt: 1, names: ['console/uart0'], rule: 'logs of passed attempts: 30 days' }
  await giveUpFiles(store, 1, [given], noon + 8_000)
  const { changes, verdicts, unread, judgement } = await judgeAgain(store, 1, noon + 9_000)
  expect({ changes, verdicts }).toEqual({ changes: [], verdicts: [] })
  expect(unread.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^The logs of 1\.1\.1 were removed on 2026-11-22 by the rule /),
  ])
  expect(judgement.cells[0]!.attempts[0]).toMatchObject({
    judged: { probes: '0' },
    findings: [{ id: 'pkvm.mode' }, {}],
  })
})

test('is written whole, and what was there before is kept', async () => {
  const { judgement } = await judgeAgain(store, 1, noon + 9_000)
  await replaceJudgement(store, 1, judgement, noon + 9_000)
  const { run, cells } = await runDetail(store, 1)
  expect(run).toMatchObject({ exitCode: 0, summary: 'As expected: 1 pass.' })
  expect(cells[0]!.verdict).toMatchObject({ verdict: 'pass' })
  const { attempt } = await attemptDetail(store, key)
  expect(attempt.end).toMatchObject({ judged: { at: noon + 9_000, probes: probesVersion }, ended: noon + 2_000 })
  const [former, ...others] = await formerJudgements(store, 1)
  expect(others).toEqual([])
  expect(former).toMatchObject({ number: 1, replaced: noon + 9_000, judgement: { exitCode: 1 } })
  expect(former!.judgement.cells[0]!.attempts[0]!.findings.map(({ id }) => id)).toEqual(['pkvm.mode', 'pkvm.of-old'])
  // Once more: the same findings now, so nothing changes.
  expect(await judgeAgain(store, 1, noon + 10_000)).toMatchObject({ changes: [], verdicts: [] })
})

test('refuses a run that goes on', async () => {
  await createRun(store, sampleRun(1, 'other'))
  const { judgement } = await judgeAgain(store, 1, noon)
  await expect(replaceJudgement(store, 2, judgement, noon)).rejects.toMatchObject({
    code: 'BadInput',
    message: expect.stringContaining('has not ended'),
  })
})

describe('a console of which somebody', () => {
  const uart0 = async () => {
    const detail = await attemptDetail(store, key)
    return { detail, path: artifactPath(store, detail.attempt.end!.artifacts[0]!.sha256) }
  }
  const gone = (path: string) =>
    `What uart0 of attempt 1.1.1 said is gone: ${path} was removed or cut, and no \`hyplab gc\` did that. ` +
    'Put it back from a copy of the state folder, or boot the cell again.'

  test.each([
    ['removed the file', (path: string) => rm(path)],
    ['cut the file', (path: string) => truncate(path, 100)],
  ])('%s leaves its attempt judged as it was, with a sentence, and has no story', async (_what, damage) => {
    const { detail, path } = await uart0()
    await damage(path)
    const { changes, unread, judgement } = await judgeAgain(store, 1, noon)
    expect({ changes, unread }).toMatchObject({
      changes: [],
      unread: [{ code: 'ArtifactDamaged', message: gone(path) }],
    })
    expect(judgement.cells[0]!.attempts[0]).toMatchObject({ judged: { probes: '0' } })
    await expect(readStory(store, detail)).rejects.toMatchObject({ code: 'ArtifactDamaged', message: gone(path) })
  })
})
