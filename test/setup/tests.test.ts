/** What `npm test` and `npm run test:rest` do about a file that fails: setup/tests.ts with a real vitest. */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeEach, expect, it } from 'vitest'
import { tempFolder } from '../host/temp-folder.ts'

const root = join(import.meta.dirname, '../..')
let folder = ''

beforeEach(async () => {
  folder = await tempFolder()
})

/** A test file that fails in its first `times` goes. */
async function failing(name: string, times: number): Promise<string> {
  const goes = join(folder, `${name}.goes`)
  const text = `
    import { appendFileSync, readFileSync } from 'node:fs'
    it('works', () => {
      appendFileSync('${goes}', 'x')
      if (readFileSync('${goes}').length <= ${times}) throw new Error('not yet')
    })`
  await writeFile(join(folder, `${name}.test.ts`), text)
  return `${name}.test.ts`
}

async function run(...args: string[]) {
  return await execa('node', ['setup/tests.ts', '--root', folder, '--globals', ...args], {
    cwd: root,
    preferLocal: true,
    env: { VITEST: undefined, HYPLAB_TEST_ONCE: undefined },
    reject: false,
  })
}

it('runs a file that failed once more, and names it when it passes then', async () => {
  await failing('busy', 1)
  await failing('fine', 0)
  const { exitCode, stderr } = await run()
  expect(exitCode).toBe(0)
  expect(stderr).toMatch(/hyplab: failed, and run once more: \S*busy\.test\.ts\n/)
  expect(stderr).toMatch(/hyplab: passed at the second go only, and to be mended: \S*busy\.test\.ts$/)
  expect(stderr).not.toMatch(/: \S*fine\.test\.ts/)
})

it('fails when a file fails twice', async () => {
  await failing('busy', 1)
  await failing('broken', 2)
  const { exitCode, stderr } = await run()
  expect(exitCode).toBe(1)
  expect(stderr).not.toContain('passed at the second go')
})

it('tries nothing again where many files failed, or one was asked for', async () => {
  const [one] = await Promise.all(['one', 'two', 'three', 'four'].map(async (name) => await failing(name, 1)))
  expect(await run(one!)).toMatchObject({ exitCode: 1, stderr: expect.not.stringContaining('once more') })
  await rm(join(folder, 'one.goes'))
  expect(await run()).toMatchObject({ exitCode: 1, stderr: expect.not.stringContaining('once more') })
})
