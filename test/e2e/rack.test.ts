/** plans/rack.yaml on the virtual rack: the same cells on a QEMU machine, on three boards behind real daemons, and on a model. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeBoardPlan } from '../rack/board-plan.ts'
import { foldersFrom } from '../../host/folders.ts'
import { builtBl33 } from '../rack/built-bl33.ts'
import { firmwareOf } from '../rack/firmware-of.ts'
import { writeRackPlan } from '../rack/rack-plan.ts'
import { startRack, type Rack } from '../rack/rack.ts'
import type { UartWire } from '../rack/uart-wire.ts'
import type { Ended } from './command.ts'
import { cellOf, endings, findingOf, type RunDocument } from './documents.ts'
import { useLab } from './lab.ts'

const lab = useLab('rack')
const targets = ['qemu', 'board-1', 'board-2', 'board-4', 'fvp']

const knownBug = {
  known: 'FF-A calls are refused under pKVM when the FF-A driver is built in',
  findings: {
    'ffa.usable': { outcome: 'fail', errno: -22, status: 'INVALID_PARAMETERS' },
    'order.ffa-before-kvm': 'fail',
    'optee.driver': { outcome: 'fail', errno: -22 },
  },
}

let folder: string
let rack: Rack
let run: Ended
let document: RunDocument
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-rack-'))
  const edk2 = await builtBl33('edk2', foldersFrom(), join(folder, 'edk2.log'))
  rack = await startRack({ folder, firmware: await firmwareOf(lab.state), edk2 })
  run = await lab.hyplab('run', await writeRackPlan(folder), '--lab', rack.labFile, '--json')
  document = JSON.parse(run.stdout) as RunDocument
})
afterAll(async () => {
  await rack?.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('a run of plans/rack.yaml', () => {
  it('gives the same verdicts on the machine, on the boards and on the model', () => {
    expect({ code: run.code, stderr: run.stderr }).toMatchObject({ code: 0 })
    const verdicts = document.cells.map(
      ({ axes, verdict }) => `${axes['target']} ${axes['config']} ${axes['mode']}: ${verdict?.verdict}`,
    )
    const expected = targets.flatMap((target) => [
      `${target} ffa=y protected: known-fail`,
      `${target} ffa=y nvhe: pass`,
      `${target} ffa=m protected: pass`,
    ])
    expect(verdicts.toSorted()).toEqual(expected.toSorted())
    for (const cell of document.cells) expect(endings(cell)).toEqual(['finished'])
  })

  it('rests the bug on calls that failed on the boards and on the model, too', () => {
    for (const target of targets) {
      const bug = cellOf(document, { target, config: 'ffa=y', mode: 'protected' })
      const usable = findingOf(bug.attempts[0], 'ffa.usable')
      expect(usable).toMatchObject({ outcome: 'fail', facts: { errno: -22, status: 'INVALID_PARAMETERS' } })
      expect(usable.evidence.some(({ kind }) => kind === 'record')).toBe(true)
    }
  })

  it('tells how a boot on the model is done again, and that boots', async () => {
    const cell = cellOf(document, { target: 'fvp', config: 'ffa=m' })
    const { code, stdout, stderr } = await lab.hyplab('reproduce', cell.attempts[0]!.id)
    expect({ code, stderr }).toMatchObject({ code: 0 })
    const again = await execa('sh', ['-c', stdout], { cwd: folder })
    expect(again.stdout).toContain('optee: initialized driver')
    expect(await readFile(join(folder, 'terminal_1.log'), 'utf8')).toContain('OP-TEE version')
  })

  it('shows what the kernel said on the model, whose UARTs have other names', async () => {
    const cell = cellOf(document, { target: 'fvp', config: 'ffa=m' })
    const { code, stdout } = await lab.hyplab('logs', cell.attempts[0]!.id)
    expect(code).toBe(0)
    expect(stdout).toContain('optee: initialized driver')
  })

  it('tells the steps of a boot on a board', async () => {
    const cell = cellOf(document, { target: 'board-1', config: 'ffa=m' })
    const { code, stdout } = await lab.hyplab('reproduce', cell.attempts[0]!.id)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^hyplab reserve board-1 .*\nhyplab place board-1 off\n/)
    expect(stdout).toContain('kvm-arm.mode=protected')
  })

  it('finds the bug over a cable that damages one byte in a thousand, and counts what came damaged', async () => {
    const cable = rack.parts.running('wire b1u0') as UartWire
    await cable.damage(1e-3, 'a bad cable')
    const plan = await writeBoardPlan(folder, { board: 'board-1', config: ['ffa=y'], again: 4, expect: [knownBug] })
    const bad = await lab.hyplab('run', plan, '--lab', rack.labFile, '--json')
    await cable.damage(0, 'none')
    const { run: made, cells } = JSON.parse(bad.stdout) as RunDocument
    const attempt = cells[0]!.attempts.at(-1)!
    // What the boot loader's shell did not get through counts for nothing, and is tried again.
    expect([bad.code, cells[0]!.verdict?.verdict], JSON.stringify(cells[0], null, 2)).toEqual([0, 'known-fail'])
    const wire = findingOf(attempt, 'lab.wire')
    expect(wire).toMatchObject({ outcome: 'fail', sentence: expect.stringContaining('init gave them again') })
    expect(wire.facts['damaged']).toBeGreaterThan(0)
    expect(await cable.damaged()).toBeGreaterThan(0)
    // What the kernel said is cited from its own log, which is a file of the attempt.
    const order = findingOf(attempt, 'order.ffa-before-kvm')
    const [cited] = order.evidence.filter((one) => one.kind === 'console')
    expect(cited).toMatchObject({ console: 'kernel-log' })
    const { stdout } = await lab.hyplab('logs', attempt.id, '-c', 'kernel-log')
    expect(
      stdout
        .split('\n')
        .slice(cited!.from - 1, cited!.to)
        .join('\n'),
    ).toBe(cited!.text)
    const judged = await lab.hyplab('judge', String(made.id), '--json')
    expect(JSON.parse(judged.stdout)).toMatchObject({ changes: [] })
  })

  it('leaves all places off, free and clean', async () => {
    for (const board of Object.values(rack.boards)) expect([board.outlet, board.runs]).toEqual(['off', false])
    const places = JSON.parse((await lab.hyplab('places', '--lab', rack.labFile, '--json')).stdout) as {
      places: { name: string; holder: string | null; suspect: string | null }[]
    }
    expect(places.places).toMatchObject([
      { name: 'board-1', holder: null, suspect: null },
      { name: 'board-2', holder: null, suspect: null },
      { name: 'model-1', holder: null, suspect: null },
      { name: 'board-3', holder: null, suspect: null },
      { name: 'board-4', holder: null, suspect: null },
    ])
  })
})
