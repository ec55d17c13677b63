/** A board whose own U-Boot writes its SD card and boots from it: cells of plans/first-look.yaml on it, in one run. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { foldersFrom } from '../../host/folders.ts'
import { sha256File } from '../../host/sha256.ts'
import { builtBl33 } from '../rack/built-bl33.ts'
import { firmwareOf } from '../rack/firmware-of.ts'
import { startMmcLab, type MmcLab } from '../rack/mmc-lab.ts'
import type { Ended } from './command.ts'
import { cellOf, endings, findingOf, type RunDocument } from './documents.ts'
import { useLab } from './lab.ts'
import { planLike } from './plans.ts'

const lab = useLab('mmc')
const megabyte = 1 << 20

let folder: string
let rack: MmcLab
let run: Ended
let document: RunDocument
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-mmc-'))
  const uBoot = await builtBl33('u-boot-mmc', foldersFrom(), join(folder, 'u-boot.log'))
  rack = await startMmcLab({ folder, firmware: await firmwareOf(lab.state), uBoot })
  const plan = await planLike(lab, 'mmc', (text) => {
    text.stacks = { vendor: 'installed' }
    Object.assign(text, { targets: { card: { kind: 'board', class: 'card' } } })
    text.matrix = { mode: 'protected' }
    text.expect = text.expect.filter(({ cells }) => cells['mode'] === 'protected')
  })
  run = await lab.hyplab('run', plan, '--lab', rack.labFile, '--json')
  document = JSON.parse(run.stdout) as RunDocument
})
afterAll(async () => {
  await rack?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** The commands of the board's U-Boot that begin so, as they stand on its console. */
async function entered(attempt: string, what: string): Promise<string[]> {
  const { stdout } = await lab.hyplab('logs', attempt, '-c', 'uart0')
  return stdout.match(new RegExp(`${what} [^;&\\r\\n]*`, 'g')) ?? []
}

describe('a board whose U-Boot writes its own card', () => {
  it('boots the kernel of each cell from there, with the verdicts of any other board', () => {
    expect({ code: run.code, stderr: run.stderr }).toMatchObject({ code: 0 })
    const verdicts = document.cells.map(({ axes, verdict }) => `${axes['config']}: ${verdict?.verdict}`)
    expect(verdicts.toSorted()).toEqual(['ffa=m: pass', 'ffa=y: known-fail'])
    for (const cell of document.cells) expect(endings(cell)).toEqual(['finished'])
    const usable = findingOf(cellOf(document, { config: 'ffa=y' }).attempts[0], 'ffa.usable')
    expect(usable).toMatchObject({ outcome: 'fail', facts: { errno: -22, status: 'INVALID_PARAMETERS' } })
  })

  it('has written the pieces that differ, has read all of them back, and has loaded kernel and initrd from the card', async () => {
    for (const { attempts } of document.cells) {
      const [{ id } = { id: '' }] = attempts
      const reads = await entered(id, 'mmc read')
      const writes = await entered(id, 'mmc write')
      const pieces = new Set(reads.map((line) => line.split(' ').at(3))).size
      expect(pieces).toBe(8)
      expect(writes.length).toBeGreaterThan(0)
      expect(reads.length).toBe(pieces + writes.length)
      expect(await entered(id, 'load mmc 0:1')).toHaveLength(2)
      const flash = findingOf(attempts[0], 'lab.flash')
      expect(flash).toMatchObject({ outcome: 'pass', facts: { files: 'medium, kernel, initrd' } })
      expect(flash.evidence.map(({ text }) => text)).toContain(
        `the boot loader has medium, read back: ${writes.length} of 8 pieces had to be written`,
      )
    }
  })

  it('is left off, with the kernel of the last cell on its card and nothing else changed there', async () => {
    expect([rack.board.outlet, rack.board.runs]).toEqual(['off', false])
    const attempts = document.cells.map((cell) => cell.attempts[0]!)
    const last = attempts.toSorted((one, other) => one.started - other.started).at(-1)!
    const kernel = last.end!.artifacts.find(({ name }) => name === 'Image')!
    const image = join(folder, 'Image')
    await execa('mcopy', ['-n', '-i', `${rack.card}@@${megabyte}`, '::/Image', image])
    expect(await sha256File(image)).toBe(kernel.sha256)
    const [card, base] = await Promise.all([readFile(rack.card), readFile(rack.base)])
    expect(card.subarray(0, megabyte).equals(base.subarray(0, megabyte))).toBe(true)
  })
})
