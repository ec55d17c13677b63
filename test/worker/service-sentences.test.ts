/** What commands say of a service that cannot do what they want: why, how to go on, and before long. */
import { execa } from 'execa'
import { mkdirSync, writeFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { awaited } from '../e2e/processes.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { hyplab, newState, status, up } from './own-service.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

it('a service that is suspended is told with its process and how it goes on, and lives on', async () => {
  const state = await newState()
  const { pid } = await up(state)
  process.kill(pid, 'SIGSTOP')
  const sentence = `hyplab: The hyplab service did not answer "status" for 10 s: its process ${pid} is suspended, and \`kill -CONT ${pid}\` lets it go on.`
  expect(await hyplab(state, 'status')).toMatchObject({ code: 5, stderr: sentence })
  process.kill(pid, 'SIGCONT')
  expect(await status(state)).toMatchObject({ running: true, pid })
})

it('a worker that does not start says why, in the answer of `up`', async () => {
  const state = await newState()
  writeFileSync(join(state, 'results.db'), 'this is no database, and longer than the header of one '.repeat(40))
  const { code, stderr } = await hyplab(state, 'up')
  expect(code).toBe(5)
  expect(stderr).toMatch(/^hyplab: The worker did not start: The results database \S+ is damaged .* Its log is /m)
})

it('a server that nobody answers for is told with its address', async () => {
  const state = await newState()
  // TEST-NET-1 (RFC 5737): nobody has that address, and nobody says so.
  const env = { HYPLAB_STATE: state, TEMPORAL_ADDRESS: '192.0.2.1:7233' }
  const { exitCode, stderr } = await execa(process.execPath, [join(root, 'cli/main.ts'), 'up'], { env, reject: false })
  expect({ exitCode, stderr }).toEqual({
    exitCode: 5,
    stderr: 'hyplab: The Temporal server at 192.0.2.1:7233 did not answer within 4 s: see TEMPORAL_ADDRESS.',
  })
})

it('a service whose checkout was moved says so, and ends for a command of the moved one', async () => {
  const [state, folder] = [await newState(), await tempFolder()]
  const [before, after] = [join(folder, 'before'), join(folder, 'after')]
  mkdirSync(before)
  const tracked = [
    'activities',
    'builds',
    'cli',
    'control',
    'domain',
    'host',
    'reading',
    'reports',
    'setup',
    'store',
    'targets',
  ]
  for (const each of [...tracked, 'telling', 'worker', 'workflows', 'guest', 'package.json', 'tsconfig.json'])
    await execa('cp', ['-a', join(root, each), before])
  await execa('ln', ['-s', join(root, 'node_modules'), join(before, 'node_modules')])
  const run = async (checkout: string, ...args: string[]) =>
    await execa(process.execPath, [join(checkout, 'cli/main.ts'), ...args], {
      env: { HYPLAB_STATE: state },
      reject: false,
    })
  expect(await run(before, 'up')).toMatchObject({ exitCode: 0 })
  await rename(before, after)
  process.kill((await status(state)).worker.pid, 'SIGKILL')
  const told = await awaited('the service says what is wrong', 60, async () => (await status(state)).worker.trouble)
  expect(told).toBe(
    `The checkout of this service is no longer at ${before}: \`hyplab down\` there where it is now, then \`hyplab up\`.`,
  )
  expect(await run(after, 'up')).toMatchObject({ exitCode: 5, stderr: `hyplab: ${told}` })
  expect(await run(after, 'down')).toMatchObject({ exitCode: 0 })
  expect(await run(after, 'up')).toMatchObject({ exitCode: 0 })
})
