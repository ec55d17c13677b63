/** A build that is cut off in the middle: it is made to its end, and nothing of the first try is left. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { RunDocument } from './documents.ts'
import { useLab } from './lab.ts'
import { expectNothingLeft } from './leftovers.ts'
import { newKernel, type NewKernel } from './new-kernel.ts'
import { awaited, kill9, processesOf } from './processes.ts'

const lab = useLab('crash-build')
beforeEach(() => lab.up())
afterEach(() => expectNothingLeft(lab.state, { service: true }))

/** Starts a run of a kernel that has to be built and waits until make works on it. */
async function inMidBuild(name: string): Promise<{ run: number; kernel: NewKernel }> {
  const kernel = await newKernel(lab, name)
  const { run } = await lab.json<{ run: number }>('run', kernel.plan, '--detach')
  await lab.event(run, 'compile', ({ kind, data }) => kind === 'build-progress' && data.phase === 'compile')
  await awaited('make works', 60, () =>
    processesOf(kernel.folder()).find(({ commandLine }) => commandLine.startsWith('make ')),
  )
  return { run, kernel }
}

async function nothingBuilds(kernel: NewKernel): Promise<void> {
  const at = kernel.folder()
  await awaited('make has gone', 60, () => (processesOf(at).length === 0 ? true : undefined))
}

function expectBuiltAndJudged({ run, builds, cells }: RunDocument): void {
  expect(run).toMatchObject({ state: 'finished', exitCode: 0 })
  expect(builds.map(({ outcome }) => outcome)).toEqual(['ok', 'ok'])
  expect(cells.map(({ verdict }) => verdict?.verdict)).toEqual(['known-fail'])
}

it('kill -9 of the worker: make goes with it, and the next worker builds on', async () => {
  const { run, kernel } = await inMidBuild('killed-worker')
  kill9((await lab.service()).worker.pid)
  await nothingBuilds(kernel)
  expectBuiltAndJudged(await lab.ended(run))
})

it('hyplab down: nothing builds until `hyplab up`, then it is built on', async () => {
  const { run, kernel } = await inMidBuild('downed-service')
  expect((await lab.hyplab('down')).code).toBe(0)
  expect(processesOf(kernel.folder())).toEqual([])
  await expectNothingLeft(lab.state)
  await lab.up()
  expectBuiltAndJudged(await lab.ended(run))
})
