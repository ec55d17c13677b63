import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { obtainSource } from '../../../builds/source/obtain.ts'
import { makeTarball, makeWorld, writeFiles } from './world.ts'

const hunk = (from: string, to: string) => `--- a/src/a.c
+++ b/src/a.c
@@ -1,3 +1,3 @@
 first
-${from}
+${to}
 third
`

function world(patches: Record<string, string>) {
  const made = makeWorld()
  const path = makeTarball(made.folder, 'thing-1.0', { 'src/a.c': 'first\nsecond\nthird\n' })
  writeFiles(made.folder, patches)
  const files = Object.keys(patches).map((name) => join(made.folder, name))
  return {
    ...made,
    obtain: (names = files) => obtainSource([{ kind: 'tarball', url: pathToFileURL(path).href }], names, made.context),
  }
}

test('patches are applied in order to a tree of their own', async () => {
  const { obtain } = world({ '1.patch': hunk('second', '2nd'), '2.patch': hunk('2nd', 'zwei') })
  const patched = await obtain()
  expect(readFileSync(join(patched.folder, 'src/a.c'), 'utf8')).toBe('first\nzwei\nthird\n')
  expect(patched.identity.patches).toHaveLength(2)
  const pristine = await obtain([])
  expect(pristine.folder).not.toBe(patched.folder)
  expect(readFileSync(join(pristine.folder, 'src/a.c'), 'utf8')).toBe('first\nsecond\nthird\n')
})

test.each([
  [
    'a context that is not there',
    hunk('nothing like it', 'x').replace('first', 'erste'),
    /bad\.patch.*hunk 1 of src\/a\.c fails at line 1/,
  ],
  ['a change that is there already', hunk('zweite', 'second'), /bad\.patch.*src\/a\.c has that change already/],
  ['a file that is not there', hunk('second', 'x').replaceAll('src/a.c', 'src/b.c'), /bad\.patch.*no file src\/b\.c/],
  ['no diff at all', 'Hello\n', /bad\.patch.*no diff in it/],
])('a patch that does not apply is named: %s', async (_, patch, message) => {
  const { obtain } = world({ 'bad.patch': patch })
  await expect(obtain()).rejects.toMatchObject({ code: 'PatchFailed', message: expect.stringMatching(message) })
})

test('a patch that is not there is named', async () => {
  const { obtain, folder } = world({})
  await expect(obtain([join(folder, 'none.patch')])).rejects.toMatchObject({
    code: 'SourceMissing',
    message: expect.stringContaining('none.patch'),
  })
})
