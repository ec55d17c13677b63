import { execa } from 'execa'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRun } from '../../store/runs.ts'
import { openStore } from '../../store/store.ts'
import { hostId, labId } from '../../control/lab-id.ts'
import { tempFolder } from '../host/temp-folder.ts'

const script = `
  import { hostId, labId } from ${JSON.stringify(new URL('../../control/lab-id.ts', import.meta.url).href)}
  console.log(await (process.argv[2] === 'host' ? hostId : labId)(process.argv[1]))`

it('is one id for all processes that ask at the same moment, and nothing else is left', async () => {
  const state = join(await tempFolder(), 'not', 'there', 'yet')
  const asked = Array.from({ length: 8 }, () =>
    execa(process.execPath, ['--input-type=module', '--eval', script, state]),
  )
  const ids = new Set((await Promise.all(asked)).map(({ stdout }) => stdout))
  expect(ids.size).toBe(1)
  expect([...ids][0]).toMatch(/^[0-9a-f]{8}$/)
  expect(await readdir(state)).toEqual(['lab-id'])
})

it('is one id for all who ask within one process', async () => {
  const state = await tempFolder()
  expect(new Set(await Promise.all(Array.from({ length: 20 }, () => labId(state)))).size).toBe(1)
  expect(await readdir(state)).toEqual(['lab-id'])
})

it('stays what it is', async () => {
  const state = await tempFolder()
  await writeFile(join(state, 'lab-id'), 'cafe0001\n')
  expect(await labId(state)).toBe('cafe0001')
  expect(await readFile(join(state, 'lab-id'), 'utf8')).toBe('cafe0001\n')
})

it('differs between folders', async () => {
  const folder = await tempFolder()
  await mkdir(join(folder, 'a'))
  expect(await labId(join(folder, 'a'))).not.toBe(await labId(join(folder, 'b')))
})

describe('a damaged file', () => {
  // What a power cut leaves of a file that was named before its bytes were on the disk, and half of one.
  it.each(['', 'cafe', 'cafe0001', '\0\0\0\0\0\0\0\0\n'])(
    '%j gets back the id that runs wait on, and it is told',
    async (damaged) => {
      const state = await tempFolder()
      const store = await openStore(state)
      await createRun(store, {
        plan: 'p',
        planText: '',
        planFile: '/p.yaml',
        started: 1,
        workflowId: 'beef0002-run-p-01020304',
        options: null,
        cells: [],
      })
      await store.close()
      await writeFile(join(state, 'lab-id'), damaged)
      const said: string[] = []
      expect(await labId(state, (sentence) => said.push(sentence))).toBe('beef0002')
      expect(await readFile(join(state, 'lab-id'), 'utf8')).toBe('beef0002\n')
      expect(said).toEqual([
        expect.stringMatching(/lab-id was damaged .* it is beef0002 now, as the results know it\.$/),
      ])
      await labId(state, (sentence) => said.push(sentence))
      expect(said).toHaveLength(1)
    },
  )

  it('without runs is one new id for all who ask', async () => {
    const state = await tempFolder()
    await writeFile(join(state, 'lab-id'), '')
    const ids = new Set(await Promise.all(Array.from({ length: 5 }, () => labId(state))))
    expect(ids.size).toBe(1)
    expect([...ids][0]).toMatch(/^[0-9a-f]{8}$/)
  })
})

describe('the id of a host', () => {
  it('survives a change of its name, and is one for processes that know different names', async () => {
    const state = await tempFolder()
    const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
    const renamed = ['--uts', 'sh', '-c', 'echo "$0" >/proc/sys/kernel/hostname; exec "$@"']
    const asks = (name: string) =>
      execa('unshare', [
        ...asRoot,
        ...renamed,
        name,
        process.execPath,
        '--input-type=module',
        '--eval',
        script,
        state,
        'host',
      ])
    const [one, two] = await Promise.all([asks('first-name'), asks('second-name')])
    expect(one.stdout).toMatch(/^[0-9a-f]{8}$/)
    expect(two.stdout).toBe(one.stdout)
    expect(await hostId(state)).toBe(one.stdout)
  })

  it('is mended when its file is damaged, and is told', async () => {
    const state = await tempFolder()
    const id = await hostId(state)
    await writeFile(join(state, 'host-id'), '')
    const said: string[] = []
    expect(await hostId(state, (sentence) => said.push(sentence))).toBe(id)
    expect(said).toEqual([expect.stringContaining('host-id was damaged')])
  })
})
