import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { instructions, writeInitrd, type InitrdContents } from '../../builds/guest/initrd.ts'

let folder: string
let contents: InitrdContents
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-initrd-'))
  for (const name of ['init', 'a.ko', 'b.ko', 'p.ko']) await writeFile(join(folder, name), `bytes of ${name}`)
  contents = {
    init: join(folder, 'init'),
    modules: [
      { name: 'b', path: join(folder, 'b.ko') },
      { name: 'a', path: join(folder, 'a.ko') },
    ],
    probes: [{ name: 'ffa-probe', path: join(folder, 'p.ko') }],
    facts: [
      { kind: 'file', path: '/proc/version' },
      { kind: 'link', path: '/sys/bus/arm_ffa/devices/*/driver' },
    ],
    limits: { fact: 2000, answer: 20000 },
  }
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

describe('initrd', () => {
  it('is what cpio understands, with init, modules and instructions in it', async () => {
    const out = join(folder, 'sub/initrd.cpio.gz')
    await writeInitrd(out, contents)
    const { stdout } = await execa('cpio', ['-itvn', '--quiet'], { input: gunzipSync(await readFile(out)) })
    const listed = stdout.split('\n').map((line) => line.split(/\s+/))
    expect(listed.map((words) => [words[0], words[2], words[3], words.at(-1)])).toEqual([
      ['drwxr-xr-x', '0', '0', 'dev'],
      ['crw-------', '0', '0', 'dev/console'],
      ['drwxr-xr-x', '0', '0', 'hyplab'],
      ['-rw-r--r--', '0', '0', 'hyplab/instructions'],
      ['drwxr-xr-x', '0', '0', 'hyplab/modules'],
      ['-rw-r--r--', '0', '0', 'hyplab/modules/a.ko'],
      ['-rw-r--r--', '0', '0', 'hyplab/modules/b.ko'],
      ['-rw-r--r--', '0', '0', 'hyplab/modules/ffa-probe.ko'],
      ['-rwxr-xr-x', '0', '0', 'init'],
      ['drwxr-xr-x', '0', '0', 'proc'],
      ['drwxr-xr-x', '0', '0', 'sys'],
    ])
    const cat = async (name: string): Promise<string> =>
      (await execa('cpio', ['-i', '--to-stdout', '--quiet', name], { input: gunzipSync(await readFile(out)) })).stdout
    expect(await cat('hyplab/modules/ffa-probe.ko')).toBe('bytes of p.ko')
    expect(await cat('hyplab/instructions')).toBe(
      'limit fact 2000\nlimit answer 20000\nmodule b\nmodule a\nprobe ffa-probe\nfact file /proc/version\nfact link /sys/bus/arm_ffa/devices/*/driver',
    )
  })

  it('has equal bytes for equal contents, whenever and from wherever it is made', async () => {
    const [one, two] = [join(folder, 'one'), join(folder, 'two')]
    await writeInitrd(one, contents)
    const moved = join(folder, 'moved.ko')
    await writeFile(moved, 'bytes of a.ko')
    await writeInitrd(two, {
      ...contents,
      modules: contents.modules.map((module) => (module.name === 'a' ? { ...module, path: moved } : module)),
    })
    expect((await readFile(two)).equals(await readFile(one))).toBe(true)
    await writeInitrd(two, { ...contents, modules: contents.modules.toReversed() })
    expect((await readFile(two)).equals(await readFile(one))).toBe(false)
  })

  it('says which file is missing, and leaves nothing half done', async () => {
    const out = join(folder, 'never')
    const path = join(folder, 'missing.ko')
    await expect(writeInitrd(out, { ...contents, probes: [{ name: 'x', path }] })).rejects.toMatchObject({
      code: 'SourceMissing',
      message: expect.stringContaining(path),
    })
    await expect(readFile(out)).rejects.toThrow('ENOENT')
  })

  it('visits EFI variables before the modules and after the probes, and sends the rest after that', () => {
    const { modules, probes } = contents
    const facts: InitrdContents['facts'] = [
      { kind: 'file', path: '/big', bytes: 262144 },
      { kind: 'efi', path: '/efivars', write: true },
      { kind: 'tpm', path: '/dev/tpm0' },
    ]
    expect(instructions({ modules, probes, facts, limits: { efi: 5000 } })).toBe(
      [
        'limit efi 5000',
        'efi before-modules write /efivars',
        'module b',
        'module a',
        'probe ffa-probe',
        'efi after-modules write /efivars',
        'fact file:262144 /big',
        'tpm /dev/tpm0',
        '',
      ].join('\n'),
    )
    expect(instructions({ modules, probes, facts: [{ kind: 'efi', path: '/e', write: false }], limits: {} })).toContain(
      'efi before-modules read /e',
    )
  })

  it.each([
    ['a file of no bytes', { facts: [{ kind: 'file' as const, path: '/a', bytes: 0 }] }],
    ['a name with a path', { modules: [{ name: '../a', path: '' }] }],
    ['a name with a line feed', { probes: [{ name: 'a\nfact file /', path: '' }] }],
    ['a module twice', { modules: [{ name: 'a', path: '1' }], probes: [{ name: 'a', path: '2' }] }],
    ['a relative fact', { facts: [{ kind: 'file' as const, path: 'etc' }] }],
    ['a fact with a line feed', { facts: [{ kind: 'file' as const, path: '/a\nmodule b' }] }],
    ['a limit of zero', { limits: { fact: 0 } }],
  ])('refuses %s', (_, change) => {
    expect(() => instructions({ modules: [], probes: [], facts: [], limits: {}, ...change })).toThrow(
      expect.objectContaining({ code: 'BadInput' }),
    )
  })
})
