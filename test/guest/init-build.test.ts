import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildGuestInit } from '../../builds/guest/init.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-init-'))
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

const context = (cache: string, signal = new AbortController().signal): Parameters<typeof buildGuestInit>[0] => ({
  folders: { state: join(folder, 'state'), cache: join(folder, cache) },
  logFile: join(folder, 'log'),
  signal,
})

describe('buildGuestInit', () => {
  it('makes a static program for arm64 that names its build, once', async () => {
    const both = await Promise.all([buildGuestInit(context('one')), buildGuestInit(context('one'))])
    expect(both[1]).toEqual(both[0])
    const { path, id } = both[0]
    const { stdout } = await execa('aarch64-linux-gnu-readelf', ['-h', '-l', path])
    expect(stdout).toMatch(/Machine:\s+AArch64/)
    expect(stdout).not.toContain('INTERP')
    expect((await readFile(path)).includes(id.slice(0, 12))).toBe(true)
    const log = await readFile(join(folder, 'log'), 'utf8')
    expect(await buildGuestInit(context('one'))).toEqual({ path, id })
    expect(await readFile(join(folder, 'log'), 'utf8')).toBe(log)
    expect(await readdir(join(folder, 'one/guest-init'))).toEqual([id])
  })

  it('makes equal bytes in another cache', async () => {
    const one = await buildGuestInit(context('one'))
    const two = await buildGuestInit(context('two'))
    expect(two.path).not.toBe(one.path)
    expect((await readFile(two.path)).equals(await readFile(one.path))).toBe(true)
  })

  it('stops when it is told to, and leaves nothing', async () => {
    const abort = new AbortController()
    const building = buildGuestInit(context('three', abort.signal))
    await mkdir(join(folder, 'three'), { recursive: true })
    abort.abort(new Error('enough'))
    await expect(building).rejects.toThrow('enough')
    expect(await readdir(join(folder, 'three/guest-init')).catch(() => [])).toEqual([])
  })
})
