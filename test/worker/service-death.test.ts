/** What of a service dies, comes back or goes away whole. */
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { seeProcess } from '../../host/process-identity.ts'
import { startHyplab } from '../e2e/command.ts'
import { firstLook } from '../e2e/plans.ts'
import { awaited, kill9, processesLike } from '../e2e/processes.ts'
import { temporal, worker, newState, hyplab, up, status, readyWorker, gone } from './own-service.ts'

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
