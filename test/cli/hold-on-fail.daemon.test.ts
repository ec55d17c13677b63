/**
 * `hyplab run --hold-on-fail` whole: the command, the service with its worker, and a board that is a script and hangs. Only the
 * kernel was never built: the store has a build of that name, of files that say what they are.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { buildsOf } from '../../activities/builds-of.ts'
import { readPlanFile } from '../../reading/read-plan.ts'
import { foldersFrom } from '../../host/folders.ts'
import { putArtifact } from '../../store/artifacts.ts'
import { putBuild } from '../../store/builds.ts'
import { openStore } from '../../store/store.ts'
import { startHyplab, type Command, type Ended } from '../e2e/command.ts'
import { awaited } from '../e2e/processes.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { makeScriptLab, type ScriptLab } from '../rack/script-board.ts'
import { newState, up } from '../worker/own-service.ts'

vi.setConfig({ testTimeout: 4 * 60_000 })

let state: string
let folder: string
let plan: string
let lab: ScriptLab

beforeEach(async () => {
  state = await newState()
  folder = await tempFolder()
  lab = await makeScriptLab(folder, ['board-1'])
  await mkdir(join(folder, 'tree', 'init'), { recursive: true })
  for (const name of ['Makefile', 'Kconfig', 'init/Kconfig'])
    await writeFile(join(folder, 'tree', name), '# no kernel\n')
  plan = join(folder, 'hangs.yaml')
  await writeFile(
    plan,
    stringify({
      name: 'hangs',
      kernels: { none: { source: [{ tree: 'tree' }], base: 'allnoconfig' } },
      stacks: { vendor: 'installed' },
      targets: { board: { kind: 'board', class: 'script' } },
      probes: ['fault'],
      limits: { silence: '2 s' },
      expect: [{ findings: { 'fault.kernel': 'pass' } }],
    }),
  )
  await pretendToBuild()
})

/** Puts the plan's kernel into the store under the name of its inputs. */
async function pretendToBuild(): Promise<void> {
  const { cells } = await readPlanFile(plan)
  const lockFile = join(folder, 'sources.lock.json')
  const context = {
    folders: foldersFrom(),
    lockFile,
    signal: new AbortController().signal,
    progress: () => {},
    say: () => {},
  }
  const store = await openStore(state)
  try {
    const { kernel } = await buildsOf({ store }, cells[0]!, { run: 1, lab: 'x', lockFile }, context)
    const files = ['Image', 'config', 'System.map', 'modules/ffa-probe.ko']
    const products = files.map(async (name) => ({ name, ...(await putArtifact(store, Buffer.from(`# ${name}\n`))) }))
    const about = { fault: null, log: null, started: Date.now(), seconds: 1, inputs: {}, outcome: 'ok' as const }
    await putBuild(store, {
      kind: 'kernel',
      id: kernel.id,
      name: 'none',
      ...about,
      products: await Promise.all(products),
    })
  } finally {
    await store.close()
  }
}

const start = (...args: string[]): Command => startHyplab(state, args, { HYPLAB_LAB: lab.labFile })
const hyplab = (...args: string[]): Promise<Ended> => start(...args).ended
const hold = (): Command => start('run', plan, '--hold-on-fail', '10min')
const outlet = () => lab.outlets.read('board-1')
async function holder(): Promise<{ holder: string | null; why: string | null }> {
  const { stdout } = await hyplab('places', '--json')
  return (JSON.parse(stdout) as { places: { holder: string | null; why: string | null }[] }).places[0]!
}

test('the run ends with its verdict, its board stays on for its owner, and cancelling the run puts it away', async () => {
  await up(state)
  const { code, stdout, stderr } = await hold().ended
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^board-1 is yours until .*: `hyplab console board-1`, `hyplab release board-1`\.$/m),
  })
  expect(stdout).toContain('inconclusive')
  expect(await outlet()).toBe('on')
  expect(await holder()).toMatchObject({ why: expect.stringMatching(/^kept after attempt 1\.1\.1 of /) })
  expect((await hyplab('show', '1.1.1')).stdout).toMatch(/lab\.console {2}pass {2}uart0 was attached until the end/)
  expect(await hyplab('cancel', '1')).toMatchObject({
    code: 0,
    stderr: expect.stringContaining('The boards that were kept are switched off and given back.'),
  })
  expect([await outlet(), (await holder()).holder]).toEqual(['off', null])
})

test('a command that brought its own service stays for the board, until its owner gives it back', async () => {
  const command = hold()
  await awaited('the board is kept', 120, async () => ((await holder()).why?.startsWith('kept') ? true : undefined))
  expect(await outlet()).toBe('on')
  expect((await hyplab('release', 'board-1')).stderr).toBe('board-1 is switched off and given back.')
  const { code, stderr } = await command.ended
  expect(code).toBe(1)
  expect(stderr).toContain('This command stays until then')
  expect([await outlet(), await readFile(join(folder, 'media', 'board-1'), 'utf8')]).toEqual(['off', '# Image\n'])
})

test('Ctrl-C at that command puts the board away', async () => {
  const command = hold()
  await awaited('the board is kept', 120, async () => ((await holder()).why?.startsWith('kept') ? true : undefined))
  command.signal('SIGINT')
  await command.ended
  expect([await outlet(), (await holder()).holder]).toEqual(['off', null])
})
