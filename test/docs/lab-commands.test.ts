/**
 * Runs the commands of docs/ that need a lab: blocks marked `shell`, each line as one types it. The lab has the names that the
 * pages use, and boards that are scripts; who joins a console there leaves it again.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { tempFolder } from '../host/temp-folder.ts'
import { makeScriptLab } from '../rack/script-board.ts'
import { blocksOf, pages, root } from './markdown.ts'

const leave = '\x1dq'
const blocks = pages.flatMap(blocksOf).filter(({ language }) => language === 'shell')

test('there are some', () => {
  expect(blocks.length).toBeGreaterThan(1)
})

test.each(blocks.map((block) => [`${block.page}:${block.line}`, block] as const))('%s', async (_name, { text }) => {
  const folder = await tempFolder()
  await mkdir(join(folder, 'labs'))
  await makeScriptLab(folder, ['rock-1'], 'labs/bench.yaml')
  for (const file of ['arch/arm64/boot/Image', 'initrd.img']) {
    await mkdir(join(folder, dirname(file)), { recursive: true })
    await writeFile(join(folder, file), file)
  }
  const env = {
    HYPLAB_STATE: join(folder, 'state'),
    PATH: `${join(root, 'bin')}:${process.env['PATH']}`,
    NO_COLOR: '1',
  }
  let exported = ''
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('export ')) exported += `${line}\n`
    const ran = await execa('sh', ['-euc', exported + line], { cwd: folder, env, input: leave, reject: false })
    expect(ran.exitCode, `${line}\n${ran.stdout}\n${ran.stderr}`).toBe(0)
  }
})
