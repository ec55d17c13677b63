/** `gc`, `pin`, `unpin`, `pins`, and what commands say of an attempt whose files have gone. */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openStore, type Store } from '../../store/store.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { day, makeBuild, makeOld, makeRun } from '../store/keeping/samples.ts'
import { runHyplab } from './run-hyplab.ts'

let folder: string
let store: Store

const hyplab = (...args: string[]) => runHyplab(folder, args, { env: { HYPLAB_CACHE: join(folder, 'cache') } })
const sentence =
  /^hyplab: The logs of 1\.1\.1 were removed on \d{4}-\d\d-\d\d by the rule "logs of passed attempts: 30 days": pin a run to keep them \(`hyplab pin`\)\.$/

beforeEach(async () => {
  folder = await tempFolder()
  store = await openStore(join(folder, 'state'))
  onTestFinished(() => store.close())
  const started = Date.now() - 40 * day
  await makeBuild(store, 1, started)
  const files = { 'console/uart0': 'Linux\n', records: '', smc: 'trace', Image: 'Image 1', 'machine.json': '{}' }
  const attempts = [{ ending: 'finished' as const, files }]
  await makeRun(store, { plan: 'p', started, ended: true, cells: [{ verdict: 'pass', build: 1, attempts }] })
  await makeOld(store, started)
})

describe('what is given up', () => {
  it('a dry run says what, by which rule and how much, and leaves it', async () => {
    const { code, stdout } = await hyplab('gc', '--dry-run')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^logs of passed attempts: 30 days: 1 attempt, \d+ B: 1\.1\.1$/m)
    expect(stdout).toMatch(/^builds that no kept attempt booted: 14 days: 1 build, \d+ B: kernel linux-1$/m)
    expect(stdout).toMatch(/ would go: no kept result points to them$/m)
    expect((await hyplab('logs', '1.1.1')).stdout).toBe('Linux')
  })

  it('as JSON it is the same', async () => {
    const { stdout } = await hyplab('--json', 'gc')
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      dryRun: false,
      removals: [{ of: '1.1.1', what: 'logs' }, { of: '1.1.1', what: 'images' }, { kind: 'build' }],
      room: { level: expect.any(String) },
    })
  })

  it.each([
    ['logs 1.1.1', 4],
    ['timeline 1.1.1', 4],
    ['smc 1.1.1', 4],
    ['judge 1', 4],
  ])('then `%s` says so in one sentence', async (command, exit) => {
    expect((await hyplab('gc')).code).toBe(0)
    const { code, stdout, stderr } = await hyplab(...command.split(' '))
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' })
    expect(stderr).toMatch(sentence)
  })

  it('`reproduce` says it of the images', async () => {
    await hyplab('gc')
    const { code, stderr } = await hyplab('reproduce', '1.1.1')
    expect(code).toBe(4)
    expect(stderr).toMatch(/^hyplab: The images of 1\.1\.1 were removed on /)
  })

  it('`show` tells it beside what stays: the ending, the findings, the sha256 of each file', async () => {
    const before = await hyplab('show', '1.1.1')
    await hyplab('gc')
    const { code, stdout } = await hyplab('show', '1.1.1')
    expect(code).toBe(0)
    expect(stdout.split('\n')[0]).toBe(before.stdout.split('\n')[0])
    expect(stdout).toMatch(/^The logs of 1\.1\.1 were removed on /m)
    expect(stdout).toMatch(/^ {2}console\/uart0 +\d+ {2}removed; its sha256 was [0-9a-f]{64}$/m)
    expect((await hyplab('show', '1.1')).stdout).toMatch(/^ {2}The logs of 1\.1\.1 were removed on /m)
    const { stdout: json } = await hyplab('--json', 'show', '1.1.1')
    expect(JSON.parse(json)).toMatchObject({
      attempt: {
        end: { artifacts: [{ name: 'Image' }, { removed: { rule: 'logs of passed attempts: 30 days' } }, {}, {}, {}] },
      },
    })
  })
})

describe('what is pinned', () => {
  it('stays, and is listed with who and why, until it is unpinned', async () => {
    expect(await hyplab('pins')).toMatchObject({ code: 4, stderr: expect.stringMatching(/^Nothing is pinned/) })
    expect(await hyplab('pin', '1.1', '--why', 'sent to the list')).toMatchObject({
      code: 0,
      stderr: '1.1 is pinned: `hyplab unpin 1.1` ends that.',
    })
    expect((await hyplab('pins')).stdout).toMatch(/^1\.1 +\d{4}-\d\d-\d\d \d\d:\d\d +\S+ +sent to the list$/m)
    expect((await hyplab('gc')).stdout).toMatch(/^1 attempt stays? although old: pinned: sent to the list$/m)
    expect((await hyplab('logs', '1.1.1')).stdout).toBe('Linux')
    expect(await hyplab('unpin', '1')).toMatchObject({ code: 4, stderr: 'hyplab: 1 is not pinned; pinned is 1.1.' })
    expect((await hyplab('unpin', '1.1')).code).toBe(0)
    await hyplab('gc')
    expect((await hyplab('logs', '1.1.1')).code).toBe(4)
  })

  it.each([
    ['pin 1.1.1 --why x', 2, /^hyplab: 1\.1\.1 is an attempt: name its cell, 1\.1, or its run, 1\.$/],
    ['pin 7 --why x', 4, /^hyplab: There is no run 7: the newest one is 1\.$/],
    ['pin 1', 2, /required option '--why <text>' not specified/],
  ])('`%s` is refused', async (command, exit, said) => {
    const { code, stderr } = await hyplab(...command.split(' '))
    expect(code).toBe(exit)
    expect(stderr).toMatch(said)
  })
})

it('a mistake in the rules is told with its place, by gc and by doctor, and nothing goes', async () => {
  await writeFile(join(folder, 'state/keep.yaml'), 'budgte: 5 GB\n')
  const { code, stderr } = await hyplab('gc')
  expect(code).toBe(2)
  expect(stderr).toMatch(/keep\.yaml:1:1: unknown key "budgte" in the file of what is kept; did you mean "budget"\?$/)
  expect((await hyplab('doctor')).stdout).toMatch(/bad +room +\S+keep\.yaml:1:1: unknown key "budgte"/)
  expect((await hyplab('logs', '1.1.1')).stdout).toBe('Linux')
})

it('a budget that is nearly reached is a warning', async () => {
  await hyplab('gc')
  await writeFile(join(folder, 'state/keep.yaml'), 'budget: 1 MB\nfloor: 1 MB\n')
  const big = join(folder, 'cache/big')
  await mkdir(dirname(big), { recursive: true })
  await writeFile(big, Buffer.alloc(900_000, 1))
  expect((await hyplab('gc')).stdout).toMatch(
    /No work begins: state and cache take [\d.]+ MB of their budget of 1 MB\.$/m,
  )
  expect((await hyplab('doctor')).stdout).toMatch(/bad +room +state and cache take/)
  await rm(big)
})
