import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
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
  const sources = [{ kind: 'tarball' as const, url: pathToFileURL(path).href }]
  return {
    ...made,
    obtain: (names = files) => obtainSource(sources, names, made.context),
    obtainWith: (fuzz: number) => obtainSource(sources, files, made.context, fuzz),
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

test('a hunk that applies elsewhere is told; one of a Debian package, which lies in the cache, is not', async () => {
  const { obtain, said, folder, context } = world({
    '1.patch': hunk('second', '2nd').replace('-1,3 +1,3', '-4,3 +4,3'),
  })
  await obtain()
  expect(said).toContain('1.patch: hunk 1 of src/a.c applies 3 lines further up.')
  const cached = join(context.folders.cache, '1.patch')
  writeFiles(folder, { 'cache/1.patch': `${readFileSync(join(folder, '1.patch'), 'utf8')}\n` })
  said.length = 0
  await obtain([cached])
  expect(said.filter((text) => text.includes('hunk'))).toEqual([])
})

test('a hunk whose context is not that of the source is refused, unless so much fuzz is allowed', async () => {
  const { obtain, obtainWith, said } = world({ '1.patch': hunk('second', '2nd').replace(' first', ' 1st') })
  await expect(obtain()).rejects.toMatchObject({
    code: 'PatchFailed',
    message: expect.stringMatching(
      /1\.patch.*hunk 1 of src\/a\.c fails at line 1, and would apply with fuzz 1, .*allow it with fuzz: 1 /,
    ),
  })
  const tree = await obtainWith(1)
  expect(readFileSync(join(tree.folder, 'src/a.c'), 'utf8')).toBe('first\n2nd\nthird\n')
  expect(tree.identity.fuzz).toBe(1)
  expect(said.at(-1)).toMatch(/^1\.patch: hunk 1 of src\/a\.c applies .* with fuzz 1\.$/)
  // What was patched with fuzz is another tree: without it the patch is refused still.
  await expect(obtain()).rejects.toMatchObject({ code: 'PatchFailed' })
})

const bare = hunk('second', '2nd')
const mail = (subject: string, text: string) => `From: A <a@x>\nSubject: ${subject}\n\n${text}`

test.each([
  ['an empty file', '', /one\.patch.*there is no diff in it, for it is empty: name a file with a patch/],
  [
    'a cover letter',
    mail('[PATCH 0/2] x', 'Hi\n'),
    /one\.patch.*this is the cover letter "\[PATCH 0\/2\] x" by A <a@x> without its patches/,
  ],
  [
    'a wrapped diff',
    mail('[PATCH] x', bare.replace(' first', ' fi\nrst')),
    /one\.patch.*the sender's client broke hunk 1 of src\/a\.c/,
  ],
  ['a damaged file of gzip', '\x1f\x8b\x08 no', /one\.patch cannot be unpacked/],
])('%s is refused with a sentence that says so', async (_what, text, message) => {
  const { obtain, folder } = world({})
  writeFileSync(join(folder, 'one.patch'), text, 'latin1')
  await expect(obtain([join(folder, 'one.patch')])).rejects.toMatchObject({ message: expect.stringMatching(message) })
})

test('a patch has the name by which it was built before: that of its bytes, also where it is a mail', async () => {
  const { obtain, folder } = world({ '1.patch': mail('[PATCH] x', `---\n${bare}-- \n2.39\n`) })
  const bytes = readFileSync(join(folder, '1.patch'))
  expect((await obtain()).identity.patches).toEqual([createHash('sha256').update(bytes).digest('hex')])
})

test('a thread is named by what is applied of it: an answer that comes to it changes nothing', async () => {
  const separator = 'From mboxrd@z Thu Jan  1 00:00:00 1970\n'
  const patch = `${separator}${mail('[PATCH] x', bare)}\n`
  const { obtain, folder } = world({ 'a.mbox': `${patch}${separator}${mail('Re: [PATCH] x', 'Yes\n')}` })
  const before = await obtain()
  writeFiles(folder, { 'a.mbox': `${patch}${separator}${mail('Re: [PATCH] x', hunk('2nd', 'other'))}${patch}` })
  expect(await obtain()).toEqual(before)
})
