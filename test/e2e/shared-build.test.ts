/** Two runs that need the same new build get it from one workflow. */
import { expect, it } from 'vitest'
import { withClient } from '../../cli/temporal-client.ts'
import { eventsAfter } from '../../store/events.ts'
import { useLab } from './lab.ts'
import { newKernel } from './new-kernel.ts'

const lab = useLab('shared-build')

it('is built once, and both runs use it', async () => {
  const { plan } = await newKernel(lab, 'shared-build')
  await lab.up()
  const service = await lab.service()
  // Frozen until both runs wait for it, else the second may come when the build is over.
  process.kill(service.worker.pid, 'SIGSTOP')
  const [one, two] = await Promise.all([
    lab.json<{ run: number }>('run', plan, '--detach'),
    lab.json<{ run: number }>('run', plan, '--detach'),
  ])
  process.kill(service.worker.pid, 'SIGCONT')
  expect(one.run).not.toBe(two.run)
  const ended = await Promise.all([lab.ended(one.run), lab.ended(two.run)])
  for (const { run, cells } of ended) {
    expect(run).toMatchObject({ state: 'finished', exitCode: 0 })
    expect(cells.map(({ verdict }) => verdict?.verdict)).toEqual(['known-fail'])
  }
  const builds = ended.map(({ builds }) => builds.find(({ kind }) => kind === 'kernel')?.id)
  expect(builds[0]).toBe(builds[1])
  // Each run shows the build's progress as its own.
  for (const { run } of ended) {
    const events = await eventsAfter(lab.store, run.id, 0)
    const ofKernel = events.filter(({ build, kind }) => build === builds[0] && kind === 'build-started')
    expect(ofKernel).toHaveLength(1)
  }
  // And one workflow made it, which Temporal finds by the search attributes, as it does runs and cells.
  const found = await withClient(service, async ({ workflow }) => {
    const typesOf = async (query: string) => {
      const types: string[] = []
      for await (const { type } of workflow.list({ query })) types.push(type)
      return types
    }
    return {
      build: await typesOf(`LabBuild = '${builds[0]}'`),
      run: await typesOf(`LabPlan = '${ended[0].run.plan}' and LabRun = '${one.run}'`),
      cell: await typesOf(`LabRun = '${one.run}' and LabCell = '${one.run}.1'`),
    }
  })
  expect(found).toEqual({ build: ['buildOnce'], run: ['runPlan'], cell: ['runCell'] })
})
