/** The service as its users see it: `hyplab up`, `down` and `status` on state folders of their own. */
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { Connection } from '@temporalio/client'
import { describe, expect, it } from 'vitest'
import { queues } from '../../domain/naming.ts'
import { processesLike, processesOf } from '../e2e/processes.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { temporal, worker, newState, hyplab, up, status, occupy } from './own-service.ts'

describe('hyplab up and down', () => {
  it('start one service, say which server it has, and leave nothing', async () => {
    const state = await newState()
    expect(await hyplab(state, 'status')).toMatchObject({ code: 4, stdout: expect.stringContaining('not running') })
    const facts = await up(state)
    expect(facts).toMatchObject({
      life: 'until-down',
      server: { kind: 'own', binary: expect.stringMatching(/temporal/) },
    })
    expect(await hyplab(state, 'up')).toMatchObject({ code: 0, stderr: expect.stringContaining('ran already') })
    expect(await status(state)).toMatchObject({ pid: facts.pid, running: true })
    expect(processesLike(state, temporal)).toHaveLength(1)
    expect(processesLike(state, worker)).toHaveLength(1)
    expect(await hyplab(state, 'down')).toMatchObject({ code: 0, stderr: 'Stopped.' })
    expect(processesOf(state)).toEqual([])
    expect(await hyplab(state, 'down')).toMatchObject({ code: 0, stderr: expect.stringContaining('No service runs') })
  })

  it('have one queue for builds, not four: a task in one that nobody polls is put away after five minutes', async () => {
    const state = await newState()
    const { address, namespace } = await up(state)
    const connection = await Connection.connect({ address })
    const { activityTaskQueuePartitions } = await connection.workflowService.listTaskQueuePartitions({
      namespace,
      taskQueue: { name: queues.build(readFileSync(join(state, 'lab-id'), 'utf8').trim()) },
    })
    await connection.close()
    expect(activityTaskQueuePartitions).toHaveLength(1)
  })

  it('make one service of several that are asked for at the same moment', async () => {
    const state = await newState()
    const pids = (await Promise.all([up(state), up(state), up(state)])).map(({ pid }) => pid)
    expect(new Set(pids).size).toBe(1)
    expect(processesLike(state, temporal)).toHaveLength(1)
    expect(await hyplab(state, 'down')).toMatchObject({ code: 0 })
  })

  it('make one service of a folder, by whatever name it is called', async () => {
    const state = await newState()
    const link = `${await tempFolder()}/link`
    symlinkSync(state, link)
    const names = [state, `${state}/`, link, relative(process.cwd(), state)]
    const facts = await Promise.all(names.map((name) => up(name)))
    expect(new Set(facts.map(({ pid }) => pid)).size).toBe(1)
    expect(processesLike(state, temporal)).toHaveLength(1)
    expect(await hyplab(link, 'down')).toMatchObject({ code: 0, stderr: 'Stopped.' })
    expect(processesOf(state)).toEqual([])
  })

  it('work in a folder whose path is longer than that of a socket may be', async () => {
    const state = join(await newState(), ...Array.from({ length: 20 }, () => 'folder'))
    const { pid } = await up(state)
    expect(await status(state)).toMatchObject({ pid, running: true })
    expect(await hyplab(state, 'down')).toMatchObject({ code: 0, stderr: 'Stopped.' })
  })

  it('mend what a power cut left half-written, and say so in the log of the service', async () => {
    const state = await newState()
    const first = await up(state)
    await hyplab(state, 'down')
    for (const name of ['lab-id', 'host-id', 'ports.json', 'service.json'])
      writeFileSync(join(state, name), '{"grpc":20')
    expect((await up(state)).address).not.toBe(first.address)
    const log = readFileSync(join(state, 'logs', 'service.log'), 'utf8')
    for (const name of ['lab-id', 'host-id', 'ports.json']) expect(log).toContain(`${join(state, name)} was damaged`)
  })

  it('can be asked for while the one before is ending', async () => {
    const state = await newState()
    const { pid } = await up(state)
    const [down, next] = await Promise.all([hyplab(state, 'down'), up(state)])
    expect(down.code).toBe(0)
    // Whoever of the two came first: either `up` found the one that was then stopped, or its own one runs.
    const after = await status(state)
    expect(next.pid === pid ? !after.running : after.pid === next.pid).toBe(true)
  })

  it('keep two state folders apart', async () => {
    const [one, two] = [await newState(), await newState()]
    const [first, second] = await Promise.all([up(one), up(two)])
    expect(first.address).not.toBe(second.address)
    await hyplab(one, 'down')
    expect(await status(two)).toMatchObject({ pid: second.pid, running: true })
  })

  it('keep the ports of last time, unless somebody has them now', async () => {
    const state = await newState()
    const first = await up(state)
    await hyplab(state, 'down')
    expect((await up(state)).address).toBe(first.address)
    await hyplab(state, 'down')
    await occupy(first.address)
    expect((await up(state)).address).not.toBe(first.address)
  })
})
