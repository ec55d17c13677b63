import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { parseLab } from '../../../domain/lab/file/parse-lab.ts'
import { labFiles } from '../../../host/lab-files.ts'
import { bootTarget } from '../../../targets/boot.ts'
import type { BootEnd } from '../../../targets/boot-order.ts'
import { openPlace } from '../../../targets/place/open-place.ts'
import type { OpenPlace } from '../../../targets/place/place.ts'
import type { TargetOrder } from '../../../targets/target-order.ts'
import { startRaspi4Lab, type Raspi4Lab } from '../../rack/raspi4-lab.ts'
import { tinyKernel } from '../../rack/tiny-kernel.ts'

// Some fifty commands over ssh for a card that is written whole, and a boot: half a minute where nothing else runs.
vi.setConfig({ testTimeout: 5 * 60_000 })

const never = new AbortController().signal
let folder: string
/** Comes before the real mtools on the host of the mux, where a test puts something into it. */
let bin: string
let lab: Raspi4Lab
let place: OpenPlace
let files: TargetOrder['files']

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-raspi4-'))
  bin = join(folder, 'bin')
  await mkdir(bin)
  lab = await startRaspi4Lab(folder, [`SetEnv PATH=${bin}:/usr/local/bin:/usr/bin:/bin`])
  const parsed = parseLab(await readFile(lab.labFile, 'utf8'), lab.labFile, labFiles)
  if (!parsed.ok) throw new Error(parsed.errors.map(({ message }) => message).join('; '))
  const inventory = parsed.lab
  place = openPlace({
    inventory,
    place: inventory.places['board-3']!,
    folder: join(folder, 'labs'),
    attempt: '1.1.1',
    mayCommand: async () => undefined,
  })
  files = { image: await tinyKernel(folder, 300_000, 'raspi4b'), initrd: join(folder, 'initrd'), firmware: {} }
  await writeFile(files.initrd, randomBytes(70_001))
})

afterEach(async () => {
  await place.power?.off(never)
  await rm(join(bin, 'mcopy'), { force: true })
})

afterAll(async () => {
  await place?.close()
  await lab?.stop()
  await rm(folder, { recursive: true, force: true })
})

const cardAtBoard = async (): Promise<boolean> => (await readlink(lab.pi.card.atBoard)) === 'medium.img'

async function boot(name: string, cmdline: string): Promise<{ end: BootEnd; said: string; written: boolean[] }> {
  const attempt = join(folder, name)
  await mkdir(attempt)
  const flashed = await place.flash(files, cmdline, never)
  const claim = { folder: join(folder, 'claims'), fence: 1, owner: 'a test' }
  const order = { folder: attempt, limits: { silence: 30 }, place: claim, files, cmdline } as TargetOrder
  const end = await bootTarget(order, place.powerUp(order, flashed), {}, never)
  const said = await readFile(join(attempt, 'consoles', 'uart1.raw'), 'latin1')
  return { end, said, written: flashed.files.map(({ written }) => written) }
}

test('a flashed card boots by itself, and the board that can only halt is switched off', async () => {
  const { end, said, written } = await boot('first', 'quiet "two words"')
  expect(written).toEqual([true, true, true])
  expect(said).toContain('Found /extlinux/extlinux.conf')
  expect(said).toContain('TINY cmdline=console=ttyS1 earlycon quiet "two words"\r\n')
  const initrd = await readFile(files.initrd)
  const hex = (value: number): string => value.toString(16).padStart(8, '0')
  expect(said).toContain(`TINY initrd=${hex(initrd.length)} ${hex(crc32(initrd))}\r\n`)
  expect(end.host).toMatchObject({ stop: 'power-off', reason: expect.stringContaining('halted the board') })
  expect([lab.pi.board.outlet, lab.pi.board.runs]).toEqual(['off', false])
})

test('only what differs is written the second time, and it is what boots', async () => {
  await place.flash(files, 'quiet', never)
  await writeFile(files.initrd, 'another')
  const { said, written } = await boot('second', 'quiet')
  expect(written).toEqual([false, true, false])
  expect(said).toContain('TINY initrd=00000007 ')
})

test('a board that runs keeps its card', async () => {
  await place.flash(files, 'quiet', never)
  await place.power!.on(never)
  await expect(place.flash(files, 'debug', never)).rejects.toMatchObject({
    code: 'PlaceBroken',
    message: expect.stringContaining('whose power is on: switch the board off first'),
  })
  expect([await cardAtBoard(), lab.pi.board.runs]).toEqual([true, true])
})

test('a card that reads back as something else is said to be failing, and goes back to the board', async () => {
  await place.flash(files, 'quiet', never)
  await writeFile(files.initrd, 'a third')
  // What a write leaves on the card is not what was given.
  const script = `#!/bin/sh\nfor last; do :; done\n[ "$last" = - ] || { echo damaged >"${bin}/other"; exec /usr/bin/mcopy -o -i "$3" "${bin}/other" "$last"; }\nexec /usr/bin/mcopy "$@"\n`
  await writeFile(join(bin, 'mcopy'), script)
  await chmod(join(bin, 'mcopy'), 0o755)
  await expect(place.flash(files, 'quiet', never)).rejects.toThrow(
    /initrd\.img was written onto .*at-host.* and is read back with sha256 .*: the medium or its reader is failing/,
  )
  expect([await cardAtBoard(), lab.pi.board.outlet]).toEqual([true, 'off'])
  await rm(join(bin, 'mcopy'))
  const { said, written } = await boot('mended', 'quiet')
  expect(written).toEqual([false, true, false])
  expect(said).toContain('TINY off')
})
