/** What a collection of garbage takes, and what it leaves. */
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { collectGarbage, type Garbage } from '../../../activities/keeping/collect-garbage.ts'
import { defaultRules } from '../../../domain/keep/keep-rules.ts'
import type { Verdict } from '../../../domain/verdict/verdict.ts'
import { artifactPath, putArtifact } from '../../../store/artifacts.ts'
import { findAttempt } from '../../../store/attempts.ts'
import { findBuild, putBuild, usableBuild } from '../../../store/builds.ts'
import { listPins, pin } from '../../../store/keeping/pins.ts'
import { requestLease } from '../../../store/leases.ts'
import { holdReason } from '../../../domain/lease/hold.ts'
import { writeNight } from '../../../store/nights.ts'
import { endRun } from '../../../store/runs.ts'
import { openStore, type Store } from '../../../store/store.ts'
import { noon, sampleBuild, temporaryState } from '../../store/samples.ts'
import { artifactsIn, buildId, day, makeBuild, makeOld, makeRun, type SampleRun } from '../../store/keeping/samples.ts'

// Each history is a database of its own, with its locks.
vi.setConfig({ testTimeout: 120_000 })

let store: Store

const open = async (): Promise<void> => void (store = await openStore(await temporaryState()))
const close = async (): Promise<void> => {
  await store.close()
  await rm(store.folder, { recursive: true })
}
beforeEach(open)
afterEach(close)

async function collect(now: number, dryRun = false): Promise<Garbage> {
  const folders = { state: store.folder, cache: join(store.folder, 'cache') }
  const garbage = await collectGarbage({ folders, store }, { now, dryRun, signal: new AbortController().signal })
  return garbage!
}

/** One run with one cell that passed, long ago. */
const passed = (over: Partial<SampleRun> = {}, salt = 'one'): SampleRun => ({
  plan: 'p',
  started: noon,
  ended: true,
  cells: [
    {
      verdict: 'pass',
      build: 1,
      attempts: [
        { ending: 'finished', files: { 'console/uart0': `log ${salt}`, records: `r ${salt}`, Image: 'Image 1' } },
      ],
    },
  ],
  ...over,
})

describe('what passed and is old goes', () => {
  const old = noon + 100 * day

  beforeEach(async () => {
    await makeBuild(store, 1, noon)
  })

  async function logsOf(run: number): Promise<boolean> {
    const attempt = await findAttempt(store, { run, cell: 1, number: 1 })
    return !attempt!.end!.artifacts.find(({ name }) => name === 'console/uart0')!.removed
  }

  it('but its rows, its records and the sha256 of all that it was stay', async () => {
    const run = await makeRun(store, passed())
    await makeOld(store, noon)
    const { removals } = await collect(old)
    expect(removals).toMatchObject([
      { of: '1.1.1', what: 'logs', rule: 'logs of passed attempts: 30 days', files: 1 },
      { of: '1.1.1', what: 'images', rule: 'images without logs: 14 days', files: 1 },
      { of: buildId(1), kind: 'build', what: 'kernel linux-1', rule: 'builds that no kept attempt booted: 14 days' },
    ])
    const { end } = (await findAttempt(store, { run, cell: 1, number: 1 }))!
    expect(end!.artifacts.map(({ name, removed }) => [name, removed !== undefined])).toEqual([
      ['Image', true],
      ['console/uart0', true],
      ['records', false],
    ])
    expect(await findBuild(store, buildId(1))).toMatchObject({ removed: { at: old } })
    expect(await usableBuild(store, buildId(1))).toBeUndefined()
  })

  it('but not what is pinned, nor what is pinned between the look and the removal', async () => {
    const [one, two] = [await makeRun(store, passed()), await makeRun(store, passed({}, 'two'))]
    await pin(store, { run: one, cell: undefined, why: 'the paper', by: 'me', at: old })
    expect((await collect(old)).spared).toEqual([{ why: 'pinned: the paper', attempts: 1 }])
    expect([await logsOf(one), await logsOf(two)]).toEqual([true, false])
    expect(await usableBuild(store, buildId(1))).toBeDefined()
    expect(await listPins(store)).toMatchObject([{ run: one, cell: undefined, why: 'the paper', by: 'me' }])
  })

  it('but not of a run that goes on, nor of an attempt whose board is kept', async () => {
    const going = await makeRun(store, passed({ ended: false }))
    const held = await makeRun(store, passed({}, 'held'))
    const why = holdReason(`${held}.1.1`, 'cell')
    await requestLease(store, { places: ['lab/b'], holder: 'me', why, forMs: 1e12 }, noon)
    await collect(old)
    expect([await logsOf(going), await logsOf(held)]).toEqual([true, true])
    await endRun(store, going, { ended: noon, state: 'finished', exitCode: 0, summary: '' })
    await collect(old)
    expect(await logsOf(going)).toBe(false)
  })

  it('but not the last conclusive night of a cell, nor its last failure', async () => {
    const night = async (verdict: Verdict, n: number): Promise<number> => {
      const run = await makeRun(store, passed({ cells: [{ ...passed({}, `${n}`).cells[0]!, verdict }] }))
      const due = noon + n * day
      await writeNight(store, { schedule: 's', workflowId: `${n}`, due, begun: due, run, fault: null })
      return run
    }
    const runs = []
    for (const [n, verdict] of (['pass', 'fail', 'fail', 'pass', 'pass', 'infra'] as const).entries())
      runs.push(await night(verdict, n))
    await collect(noon + 369 * day)
    // Of a year ago are both failures: the newer one is the last of its kind; the schedule is still alive.
    expect(await Promise.all(runs.map(logsOf))).toEqual([false, false, true, false, true, false])
    // A schedule that has had no night for a year holds nothing.
    await collect(noon + 500 * day)
    expect(await Promise.all(runs.map(logsOf))).toEqual([false, false, false, false, false, false])
  })

  it('and a build that was given up is made and kept again when somebody asks', async () => {
    await collect(old)
    expect(await usableBuild(store, buildId(1))).toBeUndefined()
    await putBuild(store, { ...(await sampleBuild(store, buildId(1))), started: old })
    expect(await usableBuild(store, buildId(1))).toBeDefined()
    expect((await collect(old)).removals).toEqual([])
  })
})

describe('of files that no row points to', () => {
  it('those that were put lately stay, for their row may be about to come', async () => {
    const { sha256 } = await putArtifact(store, Buffer.from('young'))
    expect((await collect(Date.now())).artifacts.files).toBe(0)
    expect((await collect(Date.now() + 2 * day)).artifacts.files).toBe(1)
    expect(await artifactsIn(store)).not.toContain(sha256)
  })

  it('an old one that is put again is as good as new', async () => {
    const { sha256 } = await putArtifact(store, Buffer.from('again'))
    await utimes(artifactPath(store, sha256), noon / 1000, noon / 1000)
    await putArtifact(store, Buffer.from('again'))
    expect((await collect(Date.now())).artifacts.files).toBe(0)
    expect(await artifactsIn(store)).toContain(sha256)
  })

  it('folders of attempts and builds that ended go when they are a day old', async () => {
    await makeBuild(store, 1, noon)
    const run = await makeRun(store, passed())
    for (const folder of [`attempts/${run}.1.1`, 'attempts/7.7.7', 'builds/abc', 'artifacts/damaged/x']) {
      await mkdir(join(store.folder, folder), { recursive: true })
      await writeFile(join(store.folder, folder, 'file'), '')
    }
    expect((await collect(Date.now())).leftovers).toBe(0)
    expect((await collect(Date.now() + 2 * day)).leftovers).toBe(2)
    // Of an attempt without a row nobody knows whether it is about to begin.
    expect((await collect(Date.now() + 20 * day)).leftovers).toBe(1)
  })
})

it('rules with a mistake remove nothing, and say where it is', async () => {
  await makeBuild(store, 1, noon)
  await makeRun(store, passed())
  await writeFile(join(store.folder, 'keep.yaml'), 'images: 14 dayz\n')
  await expect(collect(noon + 1000 * day)).rejects.toMatchObject({
    code: 'LabInvalid',
    message: expect.stringMatching(/keep\.yaml:1:9: "14 dayz" is no time; /),
  })
  await writeFile(join(store.folder, 'keep.yaml'), 'images: 14 days\n')
  expect((await collect(noon + 1000 * day)).removals.length).toBeGreaterThan(0)
  expect(defaultRules.images.words).toBe('14 days')
})
