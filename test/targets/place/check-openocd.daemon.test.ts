/** OpenOCD's part of `hyplab lab check`, by the real OpenOCD. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { FlashSpec } from '../../../domain/lab/flash-spec.ts'
import { checkFlash, nameOfFlash } from '../../../targets/place/check-flash.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { startJtagBoard } from '../../rack/jtag/jtag-board.ts'
import { hereLink } from '../board/flash/here-link.ts'

const never = new AbortController().signal

async function setup() {
  const folder = await tempFolder()
  const board = await startJtagBoard(folder)
  onTestFinished(() => board.stop())
  const image = join(folder, 'env.img')
  await writeFile(image, 'x')
  const way = {
    config: board.config,
    arguments: ['-c', 'set ANYTHING 1'],
    begin: ['reset init'],
    images: [{ file: image, at: board.flashAt }],
    within: 60,
  }
  const flash: FlashSpec = { at: 'lab.yaml:1:1', host: 'here', kind: 'openocd', ...way }
  return { board, way, flash }
}

test('OpenOCD reads its files and says its version; its adapter is not reached for', async () => {
  const { board, flash } = await setup()
  expect(await checkFlash(flash, hereLink(), never)).toMatch(
    /^OpenOCD \d+\.\d+\.\d+\S* of here reads its files; nothing was asked of its adapter\.$/,
  )
  expect(board.connections.came).toBe(0)
  expect(nameOfFlash(flash)).toBe('openocd')
})

test('files that it cannot read, a mistake in one, and an image that is not there are told', async () => {
  const { flash, way } = await setup()
  const check = (more: object) => checkFlash({ ...flash, ...more } as FlashSpec, hereLink(), never)
  await expect(check({ config: ['interface/none.cfg'] })).rejects.toThrow(
    /^OpenOCD \S+ of here cannot read its files: Can't find interface\/none\.cfg\.$/,
  )
  await writeFile(way.config[1]!, 'adaptr speed 1000\n')
  await expect(check({})).rejects.toThrow(/cannot read its files: invalid command name "adaptr"/)
  await expect(check({ images: [{ file: '/none', at: 0 }] })).rejects.toThrow(
    'Host here has no file /none that can be read.',
  )
})

test('beside another way both are tried', async () => {
  const { way } = await setup()
  const flash: FlashSpec = { at: 'lab.yaml:1:1', host: 'here', kind: 'command', run: ['true', '{image}'], openocd: way }
  expect(await checkFlash(flash, hereLink(), never)).toMatch(/^OpenOCD .* its adapter\. here has true;/)
  expect(nameOfFlash(flash)).toBe('flash command, and openocd')
})
