/** Places in hand on the real command line, on boards that are scripts. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { placeStates, requestLease, setSuspect } from '../../store/leases.ts'
import { openStore } from '../../store/store.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { makeScriptLab, type ScriptLab } from '../rack/script-board.ts'
import { runHyplab, typeAtHyplab, type Ended, type RunOptions } from './run-hyplab.ts'

let folder: string
let lab: ScriptLab
beforeEach(async () => {
  folder = await tempFolder()
  lab = await makeScriptLab(folder, ['board-1', 'board-2'])
})

const hyplab = async (args: string[], options: RunOptions = {}): Promise<Ended> =>
  await runHyplab(folder, args, { ...options, env: { HYPLAB_LAB: lab.labFile, TMPDIR: folder, ...options.env } })

/** What was put onto boards by hand and not taken back. */
const leftOfFlashing = async (): Promise<string[]> =>
  (await readdir(folder)).filter((name) => name.startsWith('hyplab-flash'))

/** Somebody else has taken a place. */
async function another(place: string): Promise<void> {
  await withStore(async (store) => {
    const request = { places: [place], holder: 'attempt 7.1.1', why: 'a night', forMs: 60_000 }
    expect(await requestLease(store, request, Date.now())).toBeDefined()
  })
}

async function withStore<T>(use: (store: Awaited<ReturnType<typeof openStore>>) => Promise<T>): Promise<T> {
  const store = await openStore(join(folder, 'state'))
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

describe('who has a place', () => {
  test('a place is reserved, listed, refused to nobody else than others, and given back', async () => {
    const reserved = await hyplab(['reserve', 'board-1', '--for', '30min', '--why', 'a bisect'])
    expect(reserved).toMatchObject({ code: 0, stderr: expect.stringMatching(/^board-1 is yours until .*; `hyplab/) })
    const { stdout } = await hyplab(['places'])
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^place +class +tags +state$/),
      expect.stringMatching(/^board-1 +script +held +reserved by \S+, since .* until .*: a bisect$/),
      expect.stringMatching(/^board-2 +script +free$/),
    ])
    const { places } = JSON.parse((await hyplab(['--json', 'places'])).stdout) as { places: unknown[] }
    expect(places).toMatchObject([
      { name: 'board-1', why: 'a bisect', suspect: null },
      { name: 'board-2', holder: null },
    ])
    expect(await hyplab(['place', 'board-1', 'status'])).toMatchObject({ code: 0, stdout: 'board-1 is off' })
    expect((await hyplab(['release', 'board-1'])).stderr).toBe('board-1 is given back.')
    expect((await hyplab(['release', 'board-1'])).stderr).toMatch(/^board-1 is not reserved by you/)
  })

  test('one that another has is not switched, and it is said who has it and what for', async () => {
    await another('lab/board-1')
    const refused = {
      code: 3,
      stdout: '',
      stderr: expect.stringMatching(/^hyplab: lab\/board-1 is not free: attempt 7\.1\.1 has it \(a night\), until /),
    }
    expect(await hyplab(['place', 'board-1', 'on'])).toEqual(refused)
    expect(await hyplab(['reserve', 'board-1', '--for', '1h', '--why', 'mine'])).toEqual(refused)
    expect(await hyplab(['console', 'board-1'])).toEqual(refused)
    expect(await lab.outlets.events()).toEqual([])
  })

  test('a suspect one is refused with the command that looks at it', async () => {
    await withStore((store) => setSuspect(store, 'lab/board-2', 'it does not go off.'))
    const { code, stderr } = await hyplab(['place', 'board-2', 'on'])
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr: `hyplab: lab/board-2 is suspect: it does not go off. \`hyplab lab check ${lab.labFile} --power --place board-2\` looks whether it is healthy.`,
    })
  })

  test('a name that is none and a lab that is not named are told', async () => {
    expect(await hyplab(['place', 'bord-1', 'off'])).toEqual({
      code: 4,
      stdout: '',
      stderr: 'hyplab: The lab lab has no place "bord-1": did you mean "board-1"?',
    })
    const nowhere = await hyplab(['places'], { env: { HYPLAB_LAB: '' } })
    expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringMatching(/name the lab's file with --lab/) })
    expect(await hyplab(['places', '--lab', 'none.yaml'])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/none\.yaml cannot be read/),
    })
    expect(await hyplab(['reserve', 'board-1', '--for', '30', '--why', 'x'])).toMatchObject({ code: 2 })
  })
})

describe('a place in hand', () => {
  test('is switched on, asked, cycled and switched off', async () => {
    for (const [action, said] of [
      ['on', 'board-1 is on'],
      ['status', 'board-1 is on'],
      ['cycle', 'board-1 is on'],
      ['off', 'board-1 is off'],
    ] as const)
      expect(await hyplab(['place', 'board-1', action])).toEqual({ code: 0, stdout: said, stderr: '' })
    expect((await lab.outlets.events()).map(({ outlet, to }) => `${outlet} ${to}`)).toEqual([
      'board-1 on',
      'board-1 off',
      'board-1 on',
      'board-1 off',
      'board-1 off',
    ])
  })

  test('passes on keys at its console as they are, keeps its bytes, and lets go by Ctrl-] q', async () => {
    const session = typeAtHyplab(folder, ['console', 'board-1'], { HYPLAB_LAB: lab.labFile })
    const typed = 'printenv\r\x03\x1b[A\xfe'
    session.type(`${typed}\x1dx\x1d\x1d!`)
    const kept = Buffer.from(`${typed}\x1d!`, 'latin1')
    await session.sees(kept.toString('latin1'))
    session.type('\x1dq')
    const { code, stdout, stderr } = await session.ended
    expect(code).toBe(0)
    expect(stderr).toMatch(/^uart0 of board-1; Ctrl-\] q leaves it\./)
    expect(stderr).toMatch(/Ctrl-\] q leaves, Ctrl-\] b sends a break/)
    expect(stderr).toMatch(/You left the console\.\n$/)
    const consoles = join(folder, 'state/labs/lab/consoles')
    const [file] = await readdir(consoles)
    expect(await readFile(join(consoles, file!))).toEqual(kept)
    expect(stdout).toBe(kept.toString('latin1'))
    expect(await withStore(placeStates)).toMatchObject([{ place: 'lab/board-1', lease: null }])
  })

  test('is left when what is piped into its console has ended, and a board that is off is told', async () => {
    const { code, stderr } = await hyplab(['console', 'board-1'], { input: '' })
    expect(code).toBe(0)
    expect(stderr).toMatch(/\nboard-1 is off: /)
    expect(stderr).toMatch(/The input has ended\.$/)
    expect(await withStore(placeStates)).toMatchObject([{ place: 'lab/board-1', lease: null }])
  })

  test('is flashed while it is off, and what was written is told by its sha256', async () => {
    await writeFile(join(folder, 'Image'), 'a kernel')
    const { code, stdout } = await hyplab(['flash', 'board-2', 'Image'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^board-2: image written, sha256 [0-9a-f]{64}$/)
    expect(await lab.flashed('board-2')).toBe('a kernel')
    expect(await hyplab(['flash', 'board-2', 'Imag'])).toMatchObject({
      code: 2,
      stderr: 'hyplab: Imag cannot be flashed: there is no such file.',
    })
  })

  test('is flashed and booted by hand, and is off when its console is left, unless it is reserved', async () => {
    await writeFile(join(folder, 'Image'), 'a kernel')
    const boot = ['flash', 'board-1', 'Image', '--boot']
    const booted = await hyplab(boot, { input: '\x1dq' })
    expect(booted).toMatchObject({ code: 0, stderr: expect.stringMatching(/You left the console\.$/) })
    expect((await lab.outlets.events()).map(({ to }) => to)).toEqual(['off', 'on', 'off'])
    expect(await leftOfFlashing()).toEqual([])
    await hyplab(['reserve', 'board-1', '--for', '1h', '--why', 'mine'])
    const kept = await hyplab(boot, { input: '\x1dq' })
    expect(kept.stderr).toMatch(/board-1 stays on, for it is reserved by you; `hyplab place board-1 off` ends it\.$/)
    expect(await lab.outlets.read('board-1')).toBe('on')
    expect(await leftOfFlashing()).toHaveLength(1)
  })
})

describe('hyplab lab check --power', () => {
  test('clears a suspect place that is healthy, and leaves one that is not', async () => {
    await lab.kill('board-2')
    await withStore(async (store) => {
      for (const name of ['board-1', 'board-2']) await setSuspect(store, `lab/${name}`, 'it broke.')
    })
    const { code, stdout, stderr } = await hyplab(['lab', 'check', 'lab.yaml', '--power', '--yes'])
    expect(code).toBe(3)
    expect(stderr).toMatch(/^lab\.yaml:\d+:\d+: fine: board-1, power: It is healthy: uart0 said .*"U-Boot 2023/m)
    expect(stderr).toMatch(/^board-1 is no longer suspect\.$/m)
    expect(stdout).toMatch(
      /^lab\.yaml:\d+:\d+: board-2, power: board-2 was switched on and said nothing on any console within 2 s\.\nlab\.yaml: 1 broken, \d+ fine$/,
    )
    expect(await withStore(placeStates)).toMatchObject([
      { place: 'lab/board-1', lease: null, suspect: null },
      { place: 'lab/board-2', lease: null, suspect: 'it broke.' },
    ])
    for (const name of ['board-1', 'board-2']) expect(await lab.outlets.read(name)).toBe('off')
  })

  test('switches nothing without being asked to, and nothing of a place that another has', async () => {
    await another('lab/board-1')
    const args = ['lab', 'check', 'lab.yaml', '--power']
    expect(await hyplab(args)).toMatchObject({ code: 2, stderr: expect.stringMatching(/add --yes\.$/) })
    const { code, stdout, stderr } = await hyplab([...args, '--yes', '--place', 'board-1'])
    expect(code).toBe(0)
    expect(stdout).toBe('lab.yaml: nothing is broken, 0 fine, 2 not tried')
    expect(stderr).toMatch(/: not tried: board-1: lab\/board-1 is not free: attempt 7\.1\.1 has it \(a night\)/)
    expect(stderr).toMatch(/: not tried: PDU rail: Not asked: no place that hangs on it could be had\./)
    expect(await lab.outlets.events()).toEqual([])
  })

  test('leaves the board off when it is interrupted', async () => {
    await lab.kill('board-1')
    const cut = new AbortController()
    const ended = hyplab(['lab', 'check', 'lab.yaml', '--power', '--yes', '--place', 'board-1'], { signal: cut.signal })
    while ((await lab.outlets.read('board-1')) !== 'on') await new Promise((resolve) => setTimeout(resolve, 20))
    cut.abort()
    expect((await ended).code).toBe(130)
    expect(await lab.outlets.read('board-1')).toBe('off')
    expect(await withStore(placeStates)).toMatchObject([{ place: 'lab/board-1', lease: null }])
  })
})
