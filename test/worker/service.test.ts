/** The service as its users see it: `hyplab up`, `down` and `status` on state folders of their own. */
import { once } from 'node:events'
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, relative } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Connection } from '@temporalio/client'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { queues } from '../../domain/naming.ts'
import type { ServiceFacts } from '../../worker/service-file.ts'
import { seeProcess } from '../../host/process-identity.ts'
import { startHyplab } from '../e2e/command.ts'
import { firstLook } from '../e2e/plans.ts'
import { awaited, kill9, processesLike, processesOf } from '../e2e/processes.ts'
import { tempFolder } from '../host/temp-folder.ts'

const temporal = /^\S*temporal server start-dev /
const worker = /worker\/main\.ts/
const folders: string[] = []

async function newState(): Promise<string> {
  const state = await tempFolder()
  folders.push(state)
  return state
}

const hyplab = (state: string, ...args: string[]) => startHyplab(state, args).ended

async function up(state: string): Promise<ServiceFacts> {
  const { code, stdout, stderr } = await hyplab(state, 'up', '--json')
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return JSON.parse(stdout) as ServiceFacts
}

async function status(state: string): Promise<ServiceFacts & { running: boolean }> {
  return JSON.parse((await hyplab(state, 'status', '--json')).stdout) as ServiceFacts & { running: boolean }
}

/** The worker that the service last found ready. */
function readyWorker(state: string): number {
  return (JSON.parse(readFileSync(join(state, 'service.json'), 'utf8')) as ServiceFacts).worker.pid
}

/** Takes an address, `127.0.0.1:PORT`, until the test has finished. */
async function occupy(address: string): Promise<void> {
  const stranger = createServer().listen(Number(address.split(':')[1]), '127.0.0.1')
  await once(stranger, 'listening')
  onTestFinished(() => void stranger.close())
}

async function gone(state: string): Promise<void> {
  await awaited('everything has gone', 60, () => (processesOf(state).length === 0 ? true : undefined))
}

// Also of a test that failed: nothing of the service may outlive it.
afterEach(async () => {
  for (const state of folders.splice(0)) {
    await hyplab(state, 'down')
    await gone(state)
  }
})

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

describe('what dies comes back', () => {
  it(
    'nothing has to, when whoever started the service is killed at any moment of its start',
    { timeout: 180_000 },
    async () => {
      const state = await newState()
      const started = performance.now()
      await up(state)
      const whole = performance.now() - started
      await hyplab(state, 'down')
      for (let moment = 1; moment <= 8; moment++) {
        const starter = startHyplab(state, ['up'])
        // No event tells how far it is: the moments are spread over the time that a start takes.
        await delay((whole * moment) / 8)
        // The service has a session of its own, as it has when a terminal goes away. A starter that was quicker than the
        // first one has nothing left to be killed in.
        if (seeProcess(starter.pid)) starter.signal('SIGKILL')
        await starter.ended
        const asked = processesLike(state, /worker\/service\.ts/)
        if (asked.length === 0) continue
        // It may have been asked for a moment before it listens.
        const { pid } = await awaited(`the service answers, moment ${moment}`, 60, async () => {
          const said = await status(state)
          return said.running ? said : undefined
        })
        expect({ moment, pid }).toEqual({ moment, pid: asked[0]!.pid })
        await hyplab(state, 'down')
      }
    },
  )

  it('nothing, when a command that started the service for itself is killed before it holds it', async () => {
    const state = await newState()
    const command = startHyplab(state, ['run', firstLook])
    await awaited('its service starts', 30, () => processesLike(state, /worker\/service\.ts/)[0])
    command.signal('SIGKILL')
    await command.ended
    await gone(state)
  })

  it('a worker that is killed again while it starts', async () => {
    const state = await newState()
    const facts = await up(state)
    const killed = [facts.worker.pid]
    kill9(facts.worker.pid)
    while (killed.length < 4) {
      const next = await awaited('another worker starts', 60, () =>
        processesLike(state, worker).find(({ pid }) => !killed.includes(pid)),
      )
      killed.push(next.pid)
      kill9(next.pid)
    }
    await awaited('a worker is ready', 60, () => (killed.includes(readyWorker(state)) ? undefined : true))
    expect(await status(state)).toMatchObject({ pid: facts.pid, running: true })
  })

  it('a Temporal server that is killed, on the same ports', async () => {
    const state = await newState()
    const { address } = await up(state)
    const [first] = processesLike(state, temporal)
    kill9(first!.pid)
    await awaited('another server starts', 60, () =>
      processesLike(state, temporal).find(({ pid }) => pid !== first!.pid),
    )
    expect(await status(state)).toMatchObject({ address, running: true })
  })

  it('nothing, when it was the service itself that was killed', async () => {
    const state = await newState()
    kill9((await up(state)).pid)
    await gone(state)
    expect((await hyplab(state, 'status')).code).toBe(4)
    await up(state)
  })
})
