import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ended } from '../e2e/command.ts'
import { blocksOf, root, type Block } from './markdown.ts'

const minutes = 60_000
const hyplab = join(root, 'bin', 'hyplab')

/** Who follows the pages: a shell on a state folder of its own, in a folder with what a user edits and `hyplab` on the PATH. */
export interface Reader {
  /** Runs commands as a shell does that stops at the first one that fails. */
  run(commands: string): Promise<Ended>
}

/**
 * A reader for one test file, to be called outside of tests and hooks. Commands change plans and must not change the
 * checkout's; the cache folder is the machine's, so that kernels are built once for all tests.
 */
export function useReader(): Reader {
  let work: string
  let env: Record<string, string>
  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'hyplab-docs-'))
    for (const folder of ['plans', 'stacks', 'schedules'])
      await cp(join(root, folder), join(work, folder), { recursive: true })
    await mkdir(join(work, 'bin'))
    await symlink(hyplab, join(work, 'bin', 'hyplab'))
    env = { HYPLAB_STATE: join(work, 'state'), PATH: `${join(work, 'bin')}:${process.env['PATH']}`, NO_COLOR: '1' }
  })
  afterAll(async () => {
    await execa(hyplab, ['down'], { env, reject: false })
    await rm(work, { recursive: true, force: true })
  }, minutes)
  return {
    run: async (commands) => {
      // npm wants to be where package.json is; everything else runs where a user may change files.
      const cwd = commands.startsWith('npm ') ? root : work
      const options = { cwd, env, reject: false, stdin: 'ignore' } as const
      const { exitCode, stdout, stderr } = await execa('sh', ['-euc', commands], options)
      return { code: exitCode, stdout, stderr }
    },
  }
}

/**
 * Makes a test of each block of these pages that is marked `sh`, in the order of the pages.
 * @returns what each printed, once it was run
 */
export function runCommandsOf(pages: string[], reader: Reader): Map<Block, string> {
  const said = new Map<Block, string>()
  const commands = pages.flatMap(blocksOf).filter(({ language }) => language === 'sh')
  describe('the commands of each page', () => {
    test.each(commands.map((block) => [`${block.page}:${block.line}`, block] as const))(
      '%s',
      { timeout: 45 * minutes },
      async (_name, block) => {
        // It is what runs this. That it exists and what it calls is checked in words.test.ts.
        if (block.text === 'npm test\n') return
        const ran = await reader.run(block.text)
        expect(ran.code, `${block.text}${ran.stdout}\n${ran.stderr}`).toBe(0)
        said.set(block, ran.stdout)
      },
    )
  })
  return said
}
