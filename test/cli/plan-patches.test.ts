/** What `hyplab plan check` says of the patches that a plan names, before anything is fetched or built. */
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { goodRecipe } from '../builds/firmware/broken-recipes.ts'
import { writeFiles } from '../builds/source/world.ts'
import { smallestPlan } from '../domain/plan/broken-plans.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { runHyplab } from './run-hyplab.ts'

const diff = '---\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-x\n+y\n'
const mail = (subject: string, text = diff) => `From: A <a@x>\nSubject: ${subject}\n\n${text}`

/** What is said of a plan with patches beside it, all of which it names in one list. */
async function check(patches: string, files: Record<string, string>) {
  const folder = await tempFolder()
  const plan = smallestPlan.replace('    source', `    patches: ${patches}\n    source`)
  writeFiles(folder, { 'plan.yaml': plan, 'stack.yaml': goodRecipe, 'a.dts': '', ...files })
  await copyFile('test/fixtures/mails/thread-with-reply.mbox', join(folder, 'thread.mbox'))
  return await runHyplab(folder, ['plan', 'check', 'plan.yaml'])
}

it('the patches of a plan that cannot be applied are told all at once, each with its place', async () => {
  const { code, stderr } = await check('[empty.patch, cover.patch, folder, thread.mbox, two.mbox, wrapped.eml]', {
    'empty.patch': '',
    'cover.patch': mail('[PATCH 0/2] x', 'Hi\n'),
    'folder/README': 'no patch\n',
    'two.mbox': `From a Thu Jan  1 00:00:00 2026\n${mail('[PATCH 1/3] x')}\nFrom a Thu Jan  1 00:00:00 2026\n${mail('[PATCH 2/3] y')}`,
    'wrapped.eml': mail('[PATCH] x', diff.replace('-x', '-x and\nmore')),
  })
  expect({ code, lines: stderr.trim().split('\n') }).toEqual({
    code: 2,
    lines: [
      'plan.yaml:4:15: the patch empty.patch: there is no diff in it, for it is empty; name a file with a patch',
      'plan.yaml:4:28: the patch cover.patch: this is the cover letter "[PATCH 0/2] x" by A <a@x> without its patches; save the whole thread',
      'plan.yaml:4:41: the patch folder: there is no diff in it, for it is empty; name a file with a patch',
      'plan.yaml:4:62: the patch two.mbox: 3/3 of the series of "[PATCH 1/3] x" by A <a@x> is missing; save the whole thread, or name the mails that are to be applied one by one',
      expect.stringMatching(
        /^plan\.yaml:4:72: the patch wrapped\.eml: "\[PATCH\] x" .*broke hunk 1 of a\.c .*; ask for it /,
      ),
    ],
  })
})

it('a plan that is fine says what of a thread is left out, and which mails of a series it does not name', async () => {
  const { code, stdout } = await check('[thread.mbox, 2.patch]', { '2.patch': mail('[PATCH 2/2] y') })
  expect(code).toBe(0)
  expect(stdout.trim().split('\n').slice(-2)).toEqual([
    'thread.mbox: 1 patch; left out: "Re: [PATCH v2 1/1] add three" by B <b@example.org> quotes a diff of driver.c and has a diff of driver.c.',
    '2.patch: 1/2 of its series is not among the patches of k.',
  ])
})
