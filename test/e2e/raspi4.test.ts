/** plans/raspi4.yaml on the virtual rack's third board: another kind of machine, without PSCI, that boots from its own card. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRaspi4Lab, type Raspi4Lab } from '../rack/raspi4-lab.ts'
import type { Ended } from './command.ts'
import { cellOf, endings, findingOf, type RunDocument } from './documents.ts'
import { useLab } from './lab.ts'

const plan = join(import.meta.dirname, '../../plans/raspi4.yaml')
const lab = useLab('raspi4')

let folder: string
let rack: Raspi4Lab
let run: Ended
let document: RunDocument
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-raspi4-'))
  rack = await startRaspi4Lab(folder)
  run = await lab.hyplab('run', plan, '--lab', rack.labFile, '--json')
  document = JSON.parse(run.stdout) as RunDocument
})
afterAll(async () => {
  await rack?.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('a run of plans/raspi4.yaml', () => {
  it('calls pKVM a known failure, and the kernel without it a pass', () => {
    expect({ code: run.code, stderr: run.stderr }).toMatchObject({ code: 0 })
    expect(cellOf(document, { mode: 'protected' }).verdict?.verdict).toBe('known-fail')
    expect(cellOf(document, { mode: 'nvhe' }).verdict?.verdict).toBe('pass')
    for (const cell of document.cells) expect(endings(cell)).toEqual(['finished'])
  })

  it('says in the kernel’s words why pKVM did not come up, and calls nothing finalised', () => {
    const [attempt] = cellOf(document, { mode: 'protected' }).attempts
    const mode = findingOf(attempt, 'pkvm.mode')
    expect(mode).toMatchObject({ outcome: 'fail', facts: { asked: 'protected', el: 2 } })
    expect(mode.sentence).toContain('Cannot initialize protected mode without PSCI')
    // finalize_pkvm() itself returned 0, as it does where there is nothing to finalise.
    expect(findingOf(attempt, 'pkvm.finalised').outcome).toBe('fail')
  })

  it('says of FF-A neither that it works nor that it fails, where it cannot be called', () => {
    for (const { attempts } of document.cells) expect(findingOf(attempts[0], 'ffa.usable').outcome).toBe('unknown')
  })

  it('switches the board off that its kernel could only halt, and leaves it free, its card in place', async () => {
    for (const { attempts } of document.cells)
      expect(attempts[0]?.end?.host).toMatchObject({
        stop: 'power-off',
        reason: expect.stringContaining('no power-off'),
      })
    expect([rack.pi.board.outlet, rack.pi.board.runs]).toEqual(['off', false])
    const { places } = JSON.parse((await lab.hyplab('places', '--lab', rack.labFile, '--json')).stdout) as {
      places: object[]
    }
    expect(places).toMatchObject([{ name: 'board-3', holder: null, suspect: null }])
    const medium = await readFile(rack.pi.card.atBoard)
    expect(medium.length).toBe(64 << 20)
  })
})
