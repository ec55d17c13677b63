import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { foldersFrom, makeStateFolder } from '../../host/folders.ts'
import { tempFolder } from './temp-folder.ts'

const modeOf = (path: string): number => statSync(path).mode & 0o777

describe('a folder has one name', () => {
  it.each([['there'], ['not-there-yet'], ['not/there/yet']])('however it is written: %s', async (name) => {
    const folder = await tempFolder()
    mkdirSync(join(folder, 'there'))
    symlinkSync(folder, join(folder, 'link'))
    symlinkSync(join('link', name), join(folder, 'to-it'))
    const written = [
      join(folder, name),
      `${join(folder, name)}/`,
      `${folder}/./${name}`,
      join(folder, 'link', name),
      join(folder, 'to-it'),
      relative(process.cwd(), join(folder, name)),
    ]
    const seen = written.map((path) => foldersFrom({ HYPLAB_STATE: path, HYPLAB_CACHE: path }))
    for (const one of seen) expect(one).toEqual({ state: join(folder, name), cache: join(folder, name) })
  })

  it('but not when links lead in a circle', async () => {
    const folder = await tempFolder()
    symlinkSync('two', join(folder, 'one'))
    symlinkSync('one', join(folder, 'two'))
    expect(() => foldersFrom({ HYPLAB_STATE: join(folder, 'one') })).toThrow(/cannot be used \(ELOOP\)/)
  })
})

describe('the state folder', () => {
  it('is made for this user alone', async () => {
    const state = join(await tempFolder(), 'a', 'b')
    expect(makeStateFolder(state)).toBeUndefined()
    expect(modeOf(state)).toBe(0o700)
  })

  it('is closed when it was open, with its files, and says so once', async () => {
    const state = await tempFolder()
    mkdirSync(join(state, 'logs'))
    const files = [join(state, 'results.db'), join(state, 'logs', 'service.log')]
    for (const file of files) writeFileSync(file, 'x', { mode: 0o644 })
    chmodSync(state, 0o755)
    expect(makeStateFolder(state)).toBe(
      `The state folder ${state} was open to other users (mode 755); now it is yours alone (700).`,
    )
    expect(modeOf(state)).toBe(0o700)
    for (const file of files) expect(modeOf(file)).toBe(0o600)
    expect(makeStateFolder(state)).toBeUndefined()
  })

  // Only root can give a folder away.
  it.runIf(process.getuid?.() === 0)("is refused when it is another user's", async () => {
    const state = await tempFolder()
    chownSync(state, 65_534, 65_534)
    expect(() => makeStateFolder(state)).toThrow(/belongs to another user \(uid 65534\)/)
  })
})
