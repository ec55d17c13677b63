/**
 * Runs every command of README.md and docs/ for real: every block that is marked `sh`, in the order of the pages, with the
 * real hyplab on one state folder of its own, in which README's `npm start` makes run 1. What the pages show of a result
 * is compared with what came out. The cache folder is the machine's, so that kernels are built once for all tests.
 *
 * `npm test` alone is not run: it is what runs this. That it exists and what it calls is checked in words.test.ts.
 */
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blocksOf, pages, root, type Block } from './markdown.ts'

const minutes = 60_000
const hyplab = join(root, 'bin', 'hyplab')

/** A folder with what a user edits, and `hyplab` on the PATH: commands change plans and must not change the checkout's. */
let work: string
let env: Record<string, string>

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'hyplab-docs-'))
  for (const folder of ['plans', 'stacks']) await cp(join(root, folder), join(work, folder), { recursive: true })
  await mkdir(join(work, 'bin'))
  await symlink(hyplab, join(work, 'bin', 'hyplab'))
  env = { HYPLAB_STATE: join(work, 'state'), PATH: `${join(work, 'bin')}:${process.env['PATH']}`, NO_COLOR: '1' }
})

afterAll(async () => {
  await execa(hyplab, ['down'], { env, reject: false })
  await rm(work, { recursive: true, force: true })
}, minutes)

const said = new Map<Block, string>()
const commands = pages.flatMap(blocksOf).filter(({ language }) => language === 'sh')

describe('the commands of each page', () => {
  test.each(commands.map((block) => [`${block.page}:${block.line}`, block] as const))(
    '%s',
    { timeout: 45 * minutes },
    async (_name, block) => {
      if (block.text === 'npm test\n') return
      // npm wants to be where package.json is; everything else runs where a user may change files.
      const cwd = block.text.startsWith('npm ') ? root : work
      const ran = await execa('sh', ['-euc', block.text], { cwd, env, reject: false, stdin: 'ignore' })
      expect(ran.exitCode, `${block.text}${ran.stdout}\n${ran.stderr}`).toBe(0)
      said.set(block, ran.stdout)
    },
  )
})

test('the result in README.md is what npm start prints, with lines left out', () => {
  const start = commands.find(({ text }) => text === 'npm start\n')
  const [result] = blocksOf('README.md').filter(({ language }) => language === 'text')
  const printed = comparable(said.get(start!)!)
  let from = 0
  for (const line of comparable(result!.text)) {
    if (line === '') continue
    const at = printed.indexOf(line, from)
    expect(at, `"${line}" does not come in this order in:\n${printed.join('\n')}`).toBeGreaterThanOrEqual(0)
    from = at + 1
  }
})

/** Lines without what differs from boot to boot and from compiler to compiler: times, line numbers, sizes of functions. */
function comparable(text: string): string[] {
  return text.split('\n').map((line) =>
    line
      .replaceAll(/\[ *\d+\.\d+\]|\b\d+\.\d{6}\b/g, 'TIME')
      .replaceAll(/\b(uart\d):\d+/g, '$1:LINE')
      .replaceAll(/\+0x[0-9a-f]+\/0x[0-9a-f]+/g, '+SIZE')
      .replaceAll(/\brecord \d+/g, 'record N'),
  )
}
