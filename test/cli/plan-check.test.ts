/** What `hyplab plan check` finds with the QEMU of this machine, and what it can say without one. */
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../host/temp-folder.ts'
import { runHyplab } from './run-hyplab.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** plans/first-look.yaml with another target, and its line and column. */
async function planWith(target: Record<string, unknown>): Promise<{ folder: string; path: string }> {
  const file = join(root, 'plans/first-look.yaml')
  const plan = parse(await readFile(file, 'utf8')) as {
    kernels: Record<string, { fragments: string[] }>
    stacks: Record<string, string>
  }
  const here = (path: string): string => resolve(dirname(file), path)
  for (const kernel of Object.values(plan.kernels)) kernel.fragments = kernel.fragments.map(here)
  const stacks = Object.fromEntries(Object.entries(plan.stacks).map(([name, path]) => [name, here(path)]))
  const folder = await tempFolder()
  const path = join(folder, 'plan.yaml')
  await writeFile(path, stringify({ ...plan, stacks, targets: { qemu: { kind: 'qemu', ...target } } }))
  return { folder, path }
}

async function hyplab(folder: string, args: string[], path = process.env['PATH']) {
  const env = { HYPLAB_STATE: folder, HYPLAB_CACHE: join(folder, 'cache'), NO_COLOR: '1', FORCE_COLOR: undefined }
  const { exitCode, stdout, stderr } = await execa(process.execPath, [join(root, 'cli/main.ts'), ...args], {
    reject: false,
    stdin: 'ignore',
    env: { ...env, PATH: path },
  })
  return { code: exitCode, stdout, stderr }
}

it.each([[['plan', 'check']], [['run']], [['run', '--dry-run']], [['build']]])(
  'hyplab %s refuses a CPU that QEMU does not have',
  async (args) => {
    const { folder, path } = await planWith({ cpu: 'cortex-a67,pauth=off' })
    expect(await hyplab(folder, [...args, path])).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(
        /plan\.yaml:\d+:\d+: The virt machine of QEMU has no 64-bit cpu "cortex-a67"; did you mean "cortex-a\d7"\?$/,
      ),
    })
  },
)

it('says nothing of CPUs where there is no QEMU, and finds memory that is too small all the same', async () => {
  const { folder, path } = await planWith({ cpu: 'nosuchcpu' })
  expect(await hyplab(folder, ['plan', 'check', path], folder)).toMatchObject({ code: 0 })
  const small = await planWith({ memory: '512 MiB' })
  expect(await hyplab(folder, ['plan', 'check', small.path], folder)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/plan\.yaml:\d+:\d+: qemu has 512 MiB, and the stack optee-sel1 needs 769 MiB/),
  })
})

it('counts one cell as one', async () => {
  const { folder, path } = await planWith({ cpu: 'max' })
  const { modes, matrix: _, expect: __, ...plan } = parse(await readFile(path, 'utf8')) as Record<string, object>
  const configs = { 'ffa=y': { symbols: { ARM_FFA_TRANSPORT: 'y' } } }
  await writeFile(path, stringify({ ...plan, configs, modes: { nvhe: (modes as { nvhe: string }).nvhe } }))
  const { code, stdout } = await hyplab(folder, ['plan', 'check', path])
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `${path}: fine, 1 cell\n  linux-6.18.5/ffa=y/optee-sel1/nvhe/qemu`,
  })
})

describe('a plan on standard input', () => {
  async function check(folder: string, cwd: string, input: string, ...args: string[]) {
    return await runHyplab(folder, ['plan', 'check', '-', ...args], { cwd, input })
  }

  it('is checked as a file is, and names files from the current folder', async () => {
    const text = await readFile(join(root, 'plans/first-look.yaml'), 'utf8')
    const { code, stdout } = await check(await tempFolder(), join(root, 'plans'), text)
    expect({ code, first: stdout.split('\n')[0] }).toEqual({ code: 0, first: '<stdin>: fine, 3 cells' })
  })

  it('has its mistakes told with their lines', async () => {
    const folder = await tempFolder()
    const { path } = await planWith({ cpu: 'max' })
    const text = (await readFile(path, 'utf8')).replace('modes:', 'mods:')
    const line = text.split('\n').findIndex((each) => each === 'mods:') + 1
    const { code, stdout, stderr } = await check(folder, folder, text)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(`<stdin>:${line}:1: `)
  })

  it('says where it looked for a file that is not there', async () => {
    const folder = await tempFolder()
    const { path } = await planWith({ cpu: 'max' })
    const plan = parse(await readFile(path, 'utf8')) as object
    const text = stringify({ ...plan, stacks: { 'optee-sel1': 'no-such-stack.yaml' } })
    const { code, stderr } = await check(folder, folder, text)
    expect(code).toBe(2)
    expect(stderr).toContain(join(folder, 'no-such-stack.yaml'))
  })

  it('is no plan when it is empty', async () => {
    const folder = await tempFolder()
    const { code, stderr } = await check(folder, folder, '')
    expect(code).toBe(2)
    expect(stderr).toMatch(/^<stdin>:1:1: /)
  })
})
