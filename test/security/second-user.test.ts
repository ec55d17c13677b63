/**
 * Another user of the host, with a shell and with Temporal's own client, before a lab that runs. Run as root, or where sudo
 * asks nothing, he is `nobody`, for real. Elsewhere these tests are skipped: what remains are those of modes and owners.
 */
import { chmod, copyFile, readdir } from 'node:fs/promises'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { foldersFrom } from '../../host/folders.ts'
import { ownNetwork } from '../../host/own-network.ts'
import { sha256 } from '../../host/sha256.ts'
import { temporalBinary } from '../../host/temporal-binary.ts'
import type { ServiceFacts } from '../../control/service-file.ts'
import { startHyplab } from '../e2e/command.ts'
import { processesLike } from '../e2e/processes.ts'
import { openFolder } from './open-folder.ts'
import { asStranger } from './stranger.ts'

const folder = openFolder()
const state = join(folder, 'state')
const temporal = join(folder, 'temporal')
const hyplab = (...args: string[]) => startHyplab(state, args).ended
let facts: ServiceFacts

beforeAll(async () => {
  // Where every user can run it: the cache of whoever runs this may be closed.
  await copyFile((await temporalBinary(foldersFrom())).path, temporal)
  await chmod(temporal, 0o755)
  facts = JSON.parse((await hyplab('up', '--json')).stdout) as ServiceFacts
})
afterAll(async () => {
  await hyplab('down')
})

async function run(command: string, args: string[]) {
  const env = { HOME: folder, TEMPORAL_ADDRESS: facts.address, TEMPORAL_NAMESPACE: facts.namespace }
  const { exitCode, stdout, stderr } = await execa(command, args, { cwd: '/', env, extendEnv: false, reject: false })
  return { exitCode, stdout, stderr }
}
const asUs = (command: string, ...args: string[]) => run(command, args)
const asOther = (command: string, ...args: string[]) => run(...asStranger!(command, args))

const client = (...words: string[]) =>
  [temporal, ...words, '--client-connect-timeout', '3s', '--command-timeout', '3s'] as const
const aWorkflow = ['--workflow-id', 'guarded', '--task-queue', 'nobody-polls-it', '--type', 'runPlan']

describe.skipIf(asStranger === undefined || 'refused' in (await ownNetwork()))('another user', () => {
  it('reads nothing of what runs', async () => {
    expect(await asUs(...client('workflow', 'list'))).toMatchObject({ exitCode: 0 })
    expect((await asOther(...client('workflow', 'list'))).exitCode).not.toBe(0)
  })

  it('starts nothing: no run, and no build with a recipe of his own', async () => {
    expect((await asOther(...client('workflow', 'start', ...aWorkflow))).exitCode).not.toBe(0)
    const { stdout } = await asUs(...client('workflow', 'count'))
    expect(stdout).toContain('Total: 0')
  })

  it('stops nothing: neither a workflow nor the service', async () => {
    expect(await asUs(...client('workflow', 'start', ...aWorkflow))).toMatchObject({ exitCode: 0 })
    expect((await asOther(...client('workflow', 'terminate', '--workflow-id', 'guarded'))).exitCode).not.toBe(0)
    const { stdout } = await asUs(...client('workflow', 'count', '--query', "ExecutionStatus = 'Running'"))
    expect(stdout).toContain('Total: 1')

    await asOther('sh', '-c', `echo stop | socat -t2 - ABSTRACT-CONNECT:${abstractName()}`)
    expect((await asOther('sh', '-c', `echo stop | socat -t2 - UNIX-CONNECT:${state}/control.sock`)).stderr).toContain(
      'Permission denied',
    )
    expect(JSON.parse((await hyplab('status', '--json')).stdout)).toMatchObject({ running: true, pid: facts.pid })
  })

  it('does not come into the network of the server by another door', async () => {
    const { stderr } = await asOther('sh', '-c', `echo | socat -t2 - UNIX-CONNECT:${state}/temporal.sock`)
    expect(stderr).toContain('Permission denied')
    const [server] = processesLike(state, /^\S*temporal server start-dev /)
    expect((await asOther('nsenter', `--net=/proc/${server!.pid}/ns/net`, 'true')).exitCode).not.toBe(0)
  })

  it('opens no file of the lab', async () => {
    for (const name of ['', ...(await readdir(state))])
      expect((await asOther('ls', join(state, name))).stderr).toContain('Permission denied')
    for (const name of ['results.db', 'temporal.db', 'logs/worker.log'])
      expect((await asOther('cat', join(state, name))).stderr).toContain('Permission denied')
  })
})

it('everything in the state folder is for this user alone', async () => {
  expect(statSync(state).mode & 0o777).toBe(0o700)
  const open = (await readdir(state, { recursive: true })).filter((name) => statSync(join(state, name)).mode & 0o077)
  expect(open).toEqual([])
})

/** Where the service listened before it had a file: a name without an owner, which every user could connect to (unix(7)). */
function abstractName(): string {
  return `hyplab-${process.getuid?.()}-${sha256(state).slice(0, 16)}`
}
