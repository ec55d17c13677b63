/** What `hyplab plan check` and `run --dry-run` say of files that are no plan, and of the recipes that a plan names. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { goodRecipe } from '../builds/firmware/broken-recipes.ts'
import { smallestPlan } from '../domain/plan/broken-plans.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { runHyplab } from './run-hyplab.ts'

/** A folder with the smallest plan and a recipe that has no mistake, or with what is given in their place. */
async function folderWith(files: Record<string, string | Uint8Array>): Promise<string> {
  const folder = await tempFolder()
  const all = { 'plan.yaml': smallestPlan, 'stack.yaml': goodRecipe, 'a.dts': '', ...files }
  for (const [name, content] of Object.entries(all)) await writeFile(join(folder, name), content)
  return folder
}

/** What is said of plan.yaml in such a folder; that it is refused with exit code 2 is seen to. */
async function said(folder: string, args = ['plan', 'check'], plan = 'plan.yaml'): Promise<string> {
  const { code, stdout, stderr } = await runHyplab(folder, [...args, plan])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  return stderr.replaceAll(folder, 'HERE')
}

it('a plan whose recipe is right is fine', async () => {
  const { code } = await runHyplab(await folderWith({}), ['plan', 'check', 'plan.yaml'])
  expect(code).toBe(0)
})

it.each([[['plan', 'check']], [['run', '--dry-run']], [['run']]])(
  'hyplab %s tells what is wrong with a recipe that the plan names, beside what is wrong with the plan',
  async (args) => {
    const folder = await folderWith({
      'plan.yaml': `${smallestPlan}atempts: 3\n`,
      'stack.yaml': goodRecipe.replace('title: t', 'titel: t').replace('[ld]', 'ld'),
    })
    expect(await said(folder, args)).toBe(
      [
        'plan.yaml:6:1: unknown key "atempts" in the plan; did you mean "attempts"?',
        'HERE/stack.yaml:1:1: unknown key "titel" in the recipe; did you mean "title"?',
        'HERE/stack.yaml:4:12: toolchain is text; it would be a list',
      ].join('\n'),
    )
  },
)

it('a recipe that is like one with mistakes is told as that one', async () => {
  const folder = await folderWith({
    'stack.yaml': 'like: other.yaml\ntitle: t\ncomponents: {}\n',
    'other.yaml': goodRecipe.replace('0x60000000', 'here'),
  })
  expect(await said(folder)).toBe(
    'HERE/other.yaml:3:7: "here" is no address; a whole number without quotes, e.g. 0x60000000',
  )
})

const utf16 = Buffer.from(`\uFEFF${smallestPlan}`, 'utf16le')

it.each([
  [
    'an empty file',
    '',
    'plan.yaml:1:1: the plan is empty; it needs at least name, kernels and stacks, see docs/plans.md',
  ],
  ['UTF-16', utf16, 'plan.yaml:1:1: this is UTF-16; save the file as UTF-8'],
  ['UTF-16 without a mark', utf16.subarray(2), 'plan.yaml:1:1: this is UTF-16; save the file as UTF-8'],
  [
    'Latin-1',
    Buffer.from('name: caf\xe9\n', 'latin1'),
    'plan.yaml:1:10: what stands here is no UTF-8; save the file as UTF-8',
  ],
  [
    'a program',
    Buffer.from('7f454c46020101000000', 'hex'),
    'plan.yaml:1:8: a NUL stands here; the file is damaged, or is no text: name another',
  ],
])('%s is no plan', async (_what, content, sentence) => {
  expect(await said(await folderWith({ 'plan.yaml': content }))).toBe(sentence)
})

const hint = 'name a plan file, e.g. plans/first-look.yaml.'

it('a folder, a FIFO, a device and a file that is not there are no plans, and nothing waits for them', async () => {
  const folder = await folderWith({})
  await mkdir(join(folder, 'sub'))
  await execa('mkfifo', [join(folder, 'pipe')])
  const device = 'is no regular file but a device, a FIFO or a socket'
  expect(await said(folder, undefined, 'sub')).toBe(`hyplab: sub is a folder: ${hint}`)
  expect(await said(folder, undefined, 'pipe')).toBe(`hyplab: pipe ${device}: ${hint}`)
  expect(await said(folder, undefined, '/dev/zero')).toBe(`hyplab: /dev/zero ${device}: ${hint}`)
  expect(await said(folder, undefined, 'none')).toBe(`hyplab: none cannot be read, for there is no such file: ${hint}`)
})

it('a FIFO in place of a fragment, a patch or a recipe is told where the plan names it', async () => {
  const folder = await folderWith({
    'plan.yaml': smallestPlan
      .replace('    source', '    fragments: [pipe]\n    patches: [pipe]\n    source')
      .replace('stack.yaml', 'pipe'),
  })
  await execa('mkfifo', [join(folder, 'pipe')])
  const device = 'is no regular file but a device, a FIFO or a socket'
  expect(await said(folder)).toBe(
    [
      `plan.yaml:4:17: the config fragment "pipe" ${device}; name a config fragment that is a file`,
      `plan.yaml:5:15: the patch "pipe" ${device}; name a patch that is a file`,
      `plan.yaml:7:14: the stack recipe "pipe" ${device}; name a stack recipe that is a file`,
    ].join('\n'),
  )
})
