/** The service as its users see it: `hyplab up`, `down` and `status` on state folders of their own. */
import { symlinkSync } from 'node:fs'
import { relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { processesLike, processesOf } from '../e2e/processes.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { temporal, worker, newState, hyplab, up, status } from './own-service.ts'

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

  it('can be asked for while the one before is ending', async () => {
    const state = await newState()
    const { pid } = await up(state)
    const [down, next] = await Promise.all([hyplab(state, 'down'), up(state)])
    expect(down.code).toBe(0)
    // Whoever of the two came first: either `up` found the one that was then stopped, or its own one runs.
    const after = await status(state)
    expect(next.pid === pid ? !after.running : after.pid === next.pid).toBe(true)
  })
})
