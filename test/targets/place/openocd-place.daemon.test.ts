/** A board whose flash the real OpenOCD writes: it has power for that, and for no longer. */
import { readFileSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { readLabLog } from '../../../domain/lab-log/read-lab-log.ts'
import { parseLab } from '../../../domain/lab/file/parse-lab.ts'
import { labFiles } from '../../../host/lab-files.ts'
import { fileKept } from '../../../targets/kept-files.ts'
import { labLog, labLogName } from '../../../targets/lab-log.ts'
import { openPlace } from '../../../targets/place/open-place.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { startJtagBoard } from '../../rack/jtag/jtag-board.ts'
import { makeScriptLab } from '../../rack/script-board.ts'

const never = new AbortController().signal

async function setup() {
  const folder = await tempFolder()
  const lab = await makeScriptLab(folder, ['board-1'])
  const board = await startJtagBoard(folder)
  onTestFinished(() => board.stop())
  // Its JTAG answers while its outlet is on.
  board.faults.dead = () => readFileSync(join(folder, 'rail/outlet-board-1'), 'utf8').trim() !== 'on'
  const text = parse(await readFile(lab.labFile, 'utf8')) as { places: Record<string, Record<string, unknown>> }
  const place = text.places['board-1']!
  place['firmware'] = 'takes'
  Object.assign(place['flash'] as object, { openocd: { config: board.config, 'firmware-at': board.flashAt } })
  const parsed = parseLab(stringify(text), lab.labFile, labFiles)
  if (!parsed.ok) throw new Error(parsed.errors.map(({ message }) => message).join('; '))
  const own = join(folder, 'attempt')
  await mkdir(own)
  const files = { image: join(folder, 'image'), initrd: join(folder, 'initrd'), firmware: join(folder, 'firmware') }
  for (const [name, path] of Object.entries(files)) await writeFile(path, `the ${name}`)
  let mine = true
  const open = openPlace({
    inventory: parsed.lab,
    place: parsed.lab.places['board-1']!,
    folder: join(folder, 'labs'),
    attempt: `test-${process.pid}`,
    mayCommand: async () => {
      if (!mine) throw new Error("it is somebody else's")
    },
    note: labLog(own),
  })
  onTestFinished(() => open.close())
  const { image, initrd, firmware } = files
  return {
    lab,
    board,
    facts: async () => readLabLog(await readFile(fileKept(own, labLogName)!, 'utf8')),
    flash: () => open.flash({ image, initrd, firmware: { firmware } }, '', never),
    lose: () => (mine = false),
  }
}

test('the board is on while its flash is written, and off when kernel and initrd come by the way beside it', async () => {
  const { lab, board, facts, flash } = await setup()
  const { files } = await flash()
  expect(files.map(({ name, readBack }) => [name, readBack])).toEqual([
    ['firmware', true],
    ['image', undefined],
  ])
  expect(board.flash.toString('latin1', 0, 12)).toBe('the firmware')
  expect(await lab.flashed('board-1')).toBe('the image')
  expect((await lab.outlets.events()).map(({ to }) => to)).toEqual(['on', 'off'])
  const noted = (await facts()).map((fact) => (fact.about === 'flash' ? `${fact.file} ${fact.is}` : fact.about))
  expect(noted).toEqual(['power', 'power', 'firmware written', 'kernel unread'])
})

test('a board whose JTAG answers to nobody is told, and is off again', async () => {
  const { lab, board, facts, flash } = await setup()
  board.faults.dead = true
  await expect(flash()).rejects.toThrow(
    /^Host here could not read the board's flash: OpenOCD ended with code 1 and said "JTAG scan chain interrogation failed: all ones/,
  )
  expect(await lab.outlets.read('board-1')).toBe('off')
  expect((await facts()).at(-1)).toMatchObject({ about: 'flash', is: 'broken' })
})

test('who has lost the place switches nothing for it', async () => {
  const { lab, board, flash, lose } = await setup()
  lose()
  await expect(flash()).rejects.toThrow("it is somebody else's")
  expect(await lab.outlets.events()).toEqual([])
  expect(board.connections.came).toBe(0)
})
