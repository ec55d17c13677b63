/** plans/fvp.yaml on the lab that docs/fvp.md shows. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../host/temp-folder.ts'
import { runHyplab } from './run-hyplab.ts'

const root = join(import.meta.dirname, '../..')

/** The lab's file that the page shows. */
async function shortestLab(): Promise<string> {
  const page = await readFile(join(root, 'docs/fvp.md'), 'utf8')
  return /```yaml\n(classes:\n[^`]+)```/.exec(page)![1]!
}

test('the shortest lab of the page is enough for the plan, whose cells are those of both stacks', async () => {
  const folder = await tempFolder()
  const lab = join(folder, 'mine.yaml')
  await writeFile(lab, await shortestLab())
  const words = ['run', join(root, 'plans/fvp.yaml'), '--lab', lab, '--dry-run']
  const { code, stdout, stderr } = await runHyplab(folder, words)
  expect(code).toBe(0)
  // The stack's machine is a tree of ours.
  expect(stderr).toMatch(
    /^machine of fvp-full is \S+\/stacks\/fvp-full\/machine as it was read: (commit|content) [0-9a-f]{12}\S*.*\.$/,
  )
  const cells = stdout.split('\n').filter((line) => /^ {2}\S+\/fvp$/.test(line))
  expect(cells.map((cell) => cell.split('/')[2])).toEqual(['fvp', 'fvp', 'fvp-full', 'fvp-full', 'fvp', 'fvp-full'])
  const only = await runHyplab(folder, [...words, '--only', 'stack=fvp-full'])
  expect(only.stdout).toMatch(/^fvp: 3 cells/)
  expect(only.stdout).not.toMatch(/\/fvp\/(protected|nvhe)\//)
})
