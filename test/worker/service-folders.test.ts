/** What a service makes of its state folder: its path, what was left in it, and its neighbours. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Connection } from '@temporalio/client'
import { describe, expect, it } from 'vitest'
import { queues } from '../../domain/naming.ts'
import { newState, hyplab, up, status, occupy } from './own-service.ts'

describe('hyplab up', () => {
  it('has one queue for builds, not four: a task in one that nobody polls is put away after five minutes', async () => {
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

  it('works in a folder whose path is longer than that of a socket may be', async () => {
    const state = join(await newState(), ...Array.from({ length: 20 }, () => 'folder'))
    const { pid } = await up(state)
    expect(await status(state)).toMatchObject({ pid, running: true })
    expect(await hyplab(state, 'down')).toMatchObject({ code: 0, stderr: 'Stopped.' })
  })

  it('mends what a power cut left half-written, and says so in the log of the service', async () => {
    const state = await newState()
    const first = await up(state)
    await hyplab(state, 'down')
    for (const name of ['lab-id', 'host-id', 'ports.json', 'service.json'])
      writeFileSync(join(state, name), '{"grpc":20')
    expect((await up(state)).address).not.toBe(first.address)
    const log = readFileSync(join(state, 'logs', 'service.log'), 'utf8')
    for (const name of ['lab-id', 'host-id', 'ports.json']) expect(log).toContain(`${join(state, name)} was damaged`)
  })

  it('keeps two state folders apart', async () => {
    const [one, two] = [await newState(), await newState()]
    const [first, second] = await Promise.all([up(one), up(two)])
    expect(first.address).not.toBe(second.address)
    await hyplab(one, 'down')
    expect(await status(two)).toMatchObject({ pid: second.pid, running: true })
  })

  it('keeps the ports of last time, unless somebody has them now', async () => {
    const state = await newState()
    const first = await up(state)
    await hyplab(state, 'down')
    expect((await up(state)).address).toBe(first.address)
    await hyplab(state, 'down')
    await occupy(first.address)
    expect((await up(state)).address).not.toBe(first.address)
  })
})
