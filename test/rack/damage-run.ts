/**
 * `node test/rack/damage-run.ts --boots N --seed N [--rate R ...]`: boots board-1 over a bad cable, the bug of plans/rack.yaml
 * and a healthy kernel, and checks that no verdict is wrong for it, and that the damage is seen.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runDetail, type AttemptDetail } from '../../store/details.ts'
import { latestRun } from '../../store/runs.ts'
import { openStore } from '../../store/store.ts'
import { startHyplab } from '../e2e/command.ts'
import { writeBoardPlan } from './board-plan.ts'
import { firmwareOf } from './firmware-of.ts'
import { startRack, type Rack } from './rack.ts'
import type { UartWire } from './uart-wire.ts'

const { values } = parseArgs({
  options: {
    boots: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', multiple: true, default: ['1e-4', '1e-3', '1e-2'] },
    again: { type: 'string', default: '1' },
  },
})
const say = (text: string): void => void process.stdout.write(`${text}\n`)

const expect = [
  {
    cells: { config: 'ffa=y' },
    known: 'FF-A calls are refused under pKVM when the FF-A driver is built in',
    findings: {
      'ffa.usable': { outcome: 'fail', errno: -22, status: 'INVALID_PARAMETERS' },
      'order.ffa-before-kvm': 'fail',
      'optee.driver': { outcome: 'fail', errno: -22 },
    },
  },
  { cells: { config: 'ffa=m' }, findings: { 'ffa.usable': 'pass', 'optee.driver': 'pass' } },
  { findings: { 'pkvm.mode': 'pass', 'pkvm.finalised': 'pass' } },
]
/** What each cell comes to over a good cable; beside it a cell may only be without a verdict of its own. */
const right: Record<string, string> = { 'ffa=y': 'known-fail', 'ffa=m': 'pass' }
const honest = ['infra', 'inconclusive']

type Attempt = AttemptDetail['attempt']

/** What an attempt tells of its wire, in words. */
function told({ end }: Attempt): string {
  const wire = end?.findings.find(({ id }) => id === 'lab.wire')
  const why = end?.ending === 'finished' ? '' : ` ${end?.sentence ?? ''}`
  return `${end?.ending ?? 'open'}:${why} ${wire?.sentence ?? ''}`
}

const folder = await mkdtemp(join(tmpdir(), 'hyplab-damage-'))
const state = join(folder, 'state')
let rack: Rack | undefined
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (interrupted = true))
try {
  say('building plans/rack.yaml')
  const built = await startHyplab(state, ['build', 'plans/rack.yaml']).ended
  if (built.code !== 0) throw new Error(built.stderr)
  rack = await startRack({ folder, firmware: await firmwareOf(state) })
  const wire = rack.parts.running('wire b1u0') as UartWire | undefined
  if (!wire) throw new Error('The rack has no cable b1u0.')
  const plan = await writeBoardPlan(folder, {
    board: 'board-1',
    config: ['ffa=y', 'ffa=m'],
    again: Number(values.again),
    expect,
  })
  await startHyplab(state, ['up']).ended
  const store = await openStore(state)
  let wrong = 0
  for (const rate of values.rate)
    for (let boot = 1; boot <= Number(values.boots) && !interrupted; boot++) {
      await wire.damage(Number(rate), `${values.seed}.${rate}.${boot}`)
      const ended = await startHyplab(state, ['run', plan, '--lab', rack.labFile, '--json']).ended
      const run = await latestRun(store)
      if (!run) throw new Error(ended.stderr)
      const { cells } = await runDetail(store, run.id)
      say(`${rate}, ${boot} of ${values.boots}: ${await wire.damaged()} bytes of the last boot were damaged`)
      for (const { cell, verdict, attempts } of cells) {
        const config = cell.axes['config'] ?? ''
        const came = verdict?.verdict ?? 'open'
        const isWrong = came !== right[config] && !honest.includes(came)
        if (isWrong) wrong++
        say(`  ${isWrong ? 'WRONG ' : ''}${config}: ${came}: ${verdict?.sentence}`)
        for (const attempt of attempts) say(`    ${told(attempt)}`)
      }
    }
  say(`${wrong} wrong`)
  await store.close()
  process.exitCode = wrong === 0 ? 0 : 1
} finally {
  await startHyplab(state, ['down']).ended
  await rack?.stop()
  await rm(folder, { recursive: true, force: true })
}
