/** The outline of a run: what moves is resolved once, and a night's cells come in the order of what they tell. */
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Client } from '@temporalio/client'
import { MockActivityEnvironment } from '@temporalio/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { beginNight } from '../../activities/begin-night.ts'
import { taskOfRef } from '../../activities/builds-of.ts'
import { finishRun } from '../../activities/finish-run.ts'
import { outlineRun } from '../../activities/outline-run.ts'
import type { Deps } from '../../activities/deps.ts'
import { foldersFrom } from '../../host/folders.ts'
import { readNight } from '../../reading/read-night.ts'
import { finishAttempt } from '../../store/attempts.ts'
import { judgeCell } from '../../store/cells.ts'
import { runDetail } from '../../store/details.ts'
import { eventsAfter } from '../../store/events.ts'
import { listNights } from '../../store/nights.ts'
import { openStore, type Store } from '../../store/store.ts'
import type { Verdict } from '../../domain/verdict/verdict.ts'
import type { RunOutline } from '../../workflows/contracts.ts'
import type { NightTask } from '../../workflows/night-contracts.ts'
import { commitAll, makeRepository } from '../builds/source/world.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { sampleEnd, sampleStart } from '../store/samples.ts'

let folder: string
let store: Store
let deps: Deps
let branch: { path: string; commit: string }
beforeEach(async () => {
  folder = await tempFolder()
  store = await openStore(join(folder, 'state'))
  deps = { store, folders: { state: store.folder, cache: foldersFrom().cache }, client: undefined as unknown as Client }
  branch = makeRepository(join(folder, 'linux'), { Makefile: 'one\n' })
  await writePlan()
})
afterEach(() => store.close())

const planFile = () => join(folder, 'plan.yaml')
async function writePlan(modes = 'a b c'): Promise<void> {
  const kernel = "{ source: { git: linux, ref: main }, base: allnoconfig, symbols: { KVM: 'y' } }"
  await writeFile(
    planFile(),
    [
      'name: moving',
      `kernels: { next: ${kernel} }`,
      `stacks: { optee: ${resolve('stacks/optee-sel1.yaml')} }`,
      `modes: { ${modes
        .split(' ')
        .map((mode) => `${mode}: mode=${mode}`)
        .join(', ')} }`,
      '',
    ].join('\n'),
  )
}
async function moveOn(text: string): Promise<string> {
  await writeFile(join(branch.path, 'Makefile'), text)
  return commitAll(branch.path)
}

let nights = 0
/** Begins a night and outlines it, as its workflow does. */
async function night(over: Partial<NightTask> = {}): Promise<{ run: number; outline: RunOutline }> {
  nights++
  const task: NightTask = {
    schedule: 'nightly',
    lab: 'lab',
    host: 'host',
    plan: planFile(),
    only: {},
    atOnce: 1,
    confirm: 5,
    zone: 'UTC',
    ...over,
  }
  const due = Date.parse('2026-11-01T01:30Z') + nights * 86_400_000
  const { run } = await beginNight(deps, { night: task, workflowId: `night-${nights}`, due })
  return { run, outline: await outline(run) }
}
const outline = async (run: number) =>
  (await new MockActivityEnvironment().run((input: { run: number; lab: string }) => outlineRun(deps, input), {
    run,
    lab: 'lab',
  })) as RunOutline

/** Lets the cells of a night come out, each with one attempt, by their mode. */
async function comeOut(run: number, verdicts: Record<string, Verdict>): Promise<void> {
  const { cells } = await runDetail(store, run)
  for (const { number, cell } of cells) {
    const verdict = verdicts[cell.axes['mode']!]
    if (!verdict) continue
    const start = { ...sampleStart({ run, cell: number, number: 1 }), place: `qemu/${run}.${number}` }
    await finishAttempt(store, start, await sampleEnd(store, 1))
    await judgeCell(store, run, number, { verdict, sentence: '', because: [] })
  }
  await finishRun(deps, { run, state: 'finished', reason: '' })
}
const modesOf = async (run: number, { cells }: RunOutline) => {
  const detail = await runDetail(store, run)
  return cells.map(({ number }) => detail.cells[number - 1]!.cell.axes['mode'])
}
const good = { a: 'pass', b: 'pass', c: 'pass' } as const

describe('a source that moves', () => {
  it('is resolved once: all cells have the commit that the branch was, and it stands in the run', async () => {
    const { run, outline: first } = await night()
    const then = await moveOn('two\n')
    const { cells } = await runDetail(store, run)
    const pinned = { kind: 'git', url: branch.path, ref: branch.commit, was: 'main' }
    for (const { cell } of cells) expect(cell.kernel.sources).toEqual([pinned])
    const tasks = await Promise.all(first.builds.map(({ task }) => taskOfRef(deps, task)))
    const kernels = tasks.flatMap((task) => (task.kind === 'kernel' ? [task.kernel.sources] : []))
    expect(kernels).toEqual([[pinned]])
    // Its worker died, and the step is done again after the branch has moved on.
    expect((await outline(run)).builds.map(({ task }) => task.id)).toEqual(first.builds.map(({ task }) => task.id))
    const said = (await eventsAfter(store, run, 0)).filter(({ kind }) => kind === 'say')
    expect(said.map(({ data }) => (data as { text: string }).text)).toEqual([
      `next is ${branch.path} at ${branch.commit}, which was main.`,
    ])
    const { run: second } = await night()
    expect((await runDetail(store, second)).cells[0]!.cell.kernel.sources).toMatchObject([{ ref: then }])
  })
})

describe('a night', () => {
  it('has what was not good first, then what is new, and keeps the plan’s order in its rows', async () => {
    const { run, outline: first } = await night()
    expect(await modesOf(run, first)).toEqual(['a', 'b', 'c'])
    await comeOut(run, { ...good, c: 'fail' })
    await writePlan('a b c d')
    const { run: second, outline: then } = await night()
    expect(await modesOf(second, then)).toEqual(['c', 'd', 'a', 'b'])
    expect((await runDetail(store, second)).cells.map(({ cell }) => cell.axes['mode'])).toEqual(['a', 'b', 'c', 'd'])
    // A boot of the sample takes 20.5 s.
    expect(then.cells.map(({ class: name, seconds }) => [name, seconds])).toEqual([
      ['qemu', 20.5],
      ['qemu', undefined],
      ['qemu', 20.5],
      ['qemu', 20.5],
    ])
  })

  it('in which nothing moved says so; where its schedule wants that nothing is run, and what was said stands', async () => {
    const { run } = await night()
    await comeOut(run, { ...good, b: 'fail' })
    const { run: second, outline: left } = await night({ unchanged: 'skip' })
    expect(left.cells).toEqual([])
    expect(left.builds).toEqual([])
    await finishRun(deps, { run: second, state: 'finished', reason: '' })
    expect((await runDetail(store, second)).run).toMatchObject({
      exitCode: 1,
      summary: `None of 3 cells was run: nothing moved since the night of ${new Date((await listNights(store, 'nightly', 2))[1]!.due).toISOString().slice(0, 10)} (run ${run}); what was said of them before stands: 2 pass, 1 fail.`,
    })
    expect((await readNight(store, 'nightly'))?.unchangedSince?.run).toBe(run)
    const third = await night({ unchanged: 'skip' })
    expect(third.outline.cells).toEqual([])
    await moveOn('two\n')
    const { run: fourth, outline: all } = await night({ unchanged: 'skip' })
    expect(await modesOf(fourth, all)).toEqual(['b', 'a', 'c'])
    expect((await readNight(store, 'nightly'))?.unchangedSince).toBeUndefined()
  })

  it('in which nothing moved repeats what is unsure, until one is sure', async () => {
    const { run } = await night()
    await comeOut(run, { ...good, a: 'flaky' })
    const { run: second, outline: repeats } = await night({ unchanged: 'repeat-unsure' })
    // One attempt each makes nobody sure.
    expect(await modesOf(second, repeats)).toEqual(['a', 'b', 'c'])
    for (const cell of repeats.cells) expect(cell).toMatchObject({ count: 50, until: 'confident', confirm: 5 })
    expect((await runDetail(store, second)).cells[0]!).toMatchObject({
      cell: { attempts: { count: 50, until: 'confident' } },
      notRun: { why: 'unchanged', stands: { result: `${run}.1`, verdict: 'flaky' } },
    })
    // That it is tried more often moves nothing.
    await finishRun(deps, { run: second, state: 'finished', reason: 'the window closed' })
    expect((await night({ unchanged: 'skip' })).outline.cells).toEqual([])
  })

  it('goes on with what it had begun when its worker died, whatever the plan says by then', async () => {
    const task = {
      schedule: 'nightly',
      lab: 'l',
      host: 'h',
      plan: planFile(),
      only: {},
      atOnce: 1,
      confirm: 5,
      zone: 'UTC',
    }
    const begin = { night: { ...task, until: 1 }, workflowId: 'night-again', due: 1 }
    const first = await beginNight(deps, begin)
    await writeFile(planFile(), 'name: broken\n')
    expect(await beginNight(deps, begin)).toEqual(first)
    const broken = { ...begin, workflowId: 'night-broken' }
    await expect(beginNight(deps, broken)).rejects.toMatchObject({ code: 'PlanInvalid' })
    await writePlan()
    await expect(beginNight(deps, broken)).rejects.toMatchObject({ message: /missing key "kernels"/ })
    expect(await listNights(store, 'nightly', 9)).toMatchObject([
      { workflowId: 'night-broken', run: null },
      { workflowId: 'night-again', run: first.run, fault: null },
    ])
  })

  it.each([
    [
      { only: { mode: ['d'] } },
      /The schedule nightly does not fit .*plan\.yaml: "d" is no mode of this plan; there is a, b, c\.$/,
    ],
    [{ only: { mode: ['a'], target: ['x'] } }, /"x" is no target of this plan/],
    [{ budget: { rk3588: 60 } }, /no cell boots on the class "rk3588"; there is qemu\.$/],
  ])('that does not fit its plan, by %j, is none and says why', async (over, sentence) => {
    await expect(night(over)).rejects.toMatchObject({ code: 'BadInput', message: expect.stringMatching(sentence) })
    expect(await listNights(store, 'nightly', 9)).toMatchObject([{ run: null, fault: expect.stringMatching(sentence) }])
  })
})
