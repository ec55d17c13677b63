/**
 * Three nights on a QEMU machine, a virtual board and the stand-in of a model, one of them with a regression in the kernel:
 * found, named, bisected to its patch, and gone.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { firmwareOf } from '../rack/firmware-of.ts'
import { writeRackPlan } from '../rack/rack-plan.ts'
import { startRack, type Rack } from '../rack/rack.ts'
import { cellOf, endings, type RunDocument } from './documents.ts'
import { useLab } from './lab.ts'
import { expectNothingLeft } from './leftovers.ts'
import { behindPkvm, culprit, writeSeries } from './patch-series.ts'
import type { PlanText } from './plans.ts'
import { kill9 } from './processes.ts'

const lab = useLab('regression')
const targets = ['qemu', 'board-1', 'fvp']

interface Searched extends RunDocument {
  search: { tried: { name: string; cell: string; failed: number; of: number; probability?: number }[] }
}

let folder: string
let rack: Rack
let series: string[]
let [good, bad]: [RunDocument?, RunDocument?] = []

/** The plan of the nights, on a kernel with these patches. */
async function writePlan(patches: string[]): Promise<string> {
  const file = await writeRackPlan(folder)
  type Changed = PlanText & { kernels: Record<string, { patches?: string[] }>; targets: Record<string, object> }
  const plan = parse(await readFile(file, 'utf8')) as Changed
  for (const kernel of Object.values(plan.kernels)) kernel.patches = patches
  plan.name = 'regression'
  plan.configs = { 'ffa=y': plan.configs['ffa=y']! }
  plan.modes = { protected: plan.modes['protected']! }
  plan.targets = Object.fromEntries(targets.map((target) => [target, plan.targets[target]!]))
  plan.matrix = {
    exclude: [
      { target: 'qemu', stack: ['vendor', 'stand-in'] },
      { target: 'board-1', stack: ['optee-sel1', 'stand-in'] },
      { target: 'fvp', stack: ['optee-sel1', 'vendor'] },
    ],
  }
  plan.expect = [{ cells: {}, findings: { 'ffa.usable': 'pass' } }]
  await writeFile(file, stringify(plan))
  return file
}

/** Runs a night to its end. */
async function night(patches: string[]): Promise<RunDocument> {
  await writePlan(patches)
  return await lab.json<RunDocument>('schedule', 'trigger', 'nightly', '--watch')
}

const verdictsOf = ({ cells }: RunDocument) =>
  Object.fromEntries(cells.map(({ axes, verdict }) => [axes['target']!, verdict?.verdict]))
const onAll = (verdict: string) => Object.fromEntries(targets.map((target) => [target, verdict]))
const idOf = ({ run, cells }: RunDocument, target: string) =>
  `${run.id}.${cells.findIndex(({ axes }) => axes['target'] === target) + 1}`

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hyplab-regression-'))
  rack = await startRack({ folder, firmware: await firmwareOf(lab.state) })
  series = await writeSeries(join(folder, 'series'))
  const plan = await writePlan([behindPkvm])
  const schedule = join(folder, 'nightly.yaml')
  await writeFile(schedule, `plan: ${plan}\nlab: ${rack.labFile}\ncron: '30 1 * * *'\nconfirm: 2\n`)
  await lab.up()
  expect(await lab.hyplab('schedule', 'apply', schedule)).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await rack?.stop()
  await rm(folder, { recursive: true, force: true })
})

describe('a regression in the kernel', { timeout: 15 * 60_000 }, () => {
  it('is not there in the first night', async () => {
    good = await night([behindPkvm])
    expect(verdictsOf(good), JSON.stringify(good.cells, null, 1)).toEqual(onAll('pass'))
  })

  it('is found in the second one on all three, as one cause, with the series that moved', async () => {
    bad = await night([behindPkvm, ...series])
    expect(verdictsOf(bad)).toEqual(onAll('fail'))
    // Another attempt of each shows that it was no flake.
    for (const cell of bad.cells) expect(endings(cell)).toEqual(['finished', 'finished'])
    const { code, stdout } = await lab.hyplab('report', 'nightly')
    expect(code).toBe(1)
    expect(stdout.match(/^NEW FAILURE {2}.*$/gm)).toEqual(['NEW FAILURE  ffa.usable · -22 · INVALID_PARAMETERS'])
    const words = stdout.replaceAll(/\s+/g, ' ')
    for (const target of targets) expect(words).toContain(`last good: ${idOf(good!, target)} `)
    expect(words).toContain('moved: kernel.patches.1 nothing -> ')
  })

  it('is bisected to its patch, although the worker is killed in the middle of it', async () => {
    const { run } = await lab.json<{ run: number }>('bisect', idOf(bad!, 'qemu'), '--finding', 'ffa.usable', '--detach')
    await lab.event(run, 'fourth attempt', ({ kind, cell, attempt }) => kind === 'stage' && cell === 2 && attempt === 2)
    kill9((await lab.service()).worker.pid)
    const found = await lab.json<Searched>('watch', String(run))
    expect(found.run).toMatchObject({ state: 'finished', exitCode: 0, plan: 'regression-bisect' })
    expect(found.run.summary).toMatch(new RegExp(`^ffa\\.usable fails since ${culprit.replaceAll('.', '\\.')} \\(`))
    const { tried } = found.search
    expect(tried.map(({ name }) => name)).toEqual([
      'device-initcall.patch',
      '0001-describe.patch',
      culprit,
      '0003-say-less.patch',
    ])
    expect(tried.map(({ failed, of }) => failed === 0 || failed === of)).toEqual([true, true, true, true])
    expect(tried.find(({ name }) => name === culprit)!.probability).toBeGreaterThan(0.97)
    const attempt = found.cells[0]!.attempts[0]!.id
    expect(await lab.hyplab('logs', attempt)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Linux version'),
    })
    expect(await lab.json('judge', String(found.run.id))).toMatchObject({ changes: [] })
    const { stdout } = await lab.hyplab('bisect', 'log', String(found.run.id))
    expect(stdout).toMatch(new RegExp(`^# first bad commit: \\[${culprit}\\]$`, 'm'))
  })

  it('is left alone when its bisection is cancelled, and nothing is left of that', async () => {
    const { run } = await lab.json<{ run: number }>('bisect', idOf(bad!, 'qemu'), '--detach')
    await lab.event(run, 'first attempt', ({ kind }) => kind === 'attempt-started')
    expect(await lab.hyplab('cancel', String(run))).toMatchObject({ code: 0 })
    expect((await lab.json<RunDocument>('show', String(run))).run).toMatchObject({ state: 'cancelled', exitCode: 130 })
    await expectNothingLeft(lab.state, { service: true })
  })

  it('is the kernel’s on the board, too, which boots both by turns on one place', async () => {
    const told = await lab.json<Searched>('rerun', idOf(bad!, 'board-1'), '--with', 'kernel=LAST_GOOD')
    const kernel = `kernel of ${idOf(good!, 'board-1')}`
    expect(told.run).toMatchObject({ exitCode: 0, plan: 'regression-rerun' })
    expect(told.run.summary).toBe(
      `ffa.usable comes out otherwise with the ${kernel} (0 of 5 failed) than as it is (5 of 5 failed).`,
    )
    const attempts = told.cells.flatMap((cell) => cell.attempts).toSorted((a, b) => a.started - b.started)
    const counted = attempts.filter(({ end }) => end?.ending === 'finished')
    expect(new Set(counted.map(({ place }) => place)).size).toBe(1)
    expect(counted.map(({ cell }) => cell)).toEqual([1, 2, 1, 2, 1, 2, 1, 2, 1, 2])
  })

  it('is gone in the third night, without the patch', async () => {
    const fixed = await night([behindPkvm, ...series.filter((patch) => !patch.endsWith(culprit))])
    expect(verdictsOf(fixed)).toEqual(onAll('pass'))
    const { code, stdout } = await lab.hyplab('report', 'nightly')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^FIXED/m)
    const words = stdout.replaceAll(/\s+/g, ' ')
    for (const target of targets) expect(words).toContain(`since ${idOf(bad!, target)} `)
    expect(cellOf(fixed, { target: 'fvp' }).attempts).toHaveLength(2)
  })
})
