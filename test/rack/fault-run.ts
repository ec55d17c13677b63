/**
 * `node test/rack/fault-run.ts --faults N --seed N`: breaks the virtual rack at random moments of real runs, and checks that no
 * kernel is blamed for it, that no board is left on, and that no place is kept.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { runDetail, type RunDetail } from '../../store/details.ts'
import { placeStates, setSuspect } from '../../store/leases.ts'
import { latestRun } from '../../store/runs.ts'
import { openStore, type Store } from '../../store/store.ts'
import { startHyplab } from '../e2e/command.ts'
import { seededRandom } from '../seeded-random.ts'
import { writeBoardPlan } from './board-plan.ts'
import { drawFault, strike, type Fault } from './faults.ts'
import { firmwareOf } from './firmware-of.ts'
import { startRack, type Rack } from './rack.ts'

const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    longest: { type: 'string', default: '20' },
    name: { type: 'string' },
  },
})
const say = (text: string): void => void process.stdout.write(`${text}\n`)

const expect = [{ findings: { 'ffa.usable': 'pass', 'optee.driver': 'pass', 'pkvm.mode': 'pass' } }]

/** What is wrong after a fault; empty when nothing is. */
async function wrongWith(store: Store, rack: Rack, detail: RunDetail, fault: Fault): Promise<string[]> {
  const wrong: string[] = []
  // Of a machine that dies behind an outlet that is on, or that cannot be asked, nothing tells the lab: a hang, which is
  // inconclusive and no failure.
  const untold = ['machine', 'glitch'].includes(fault.name) || (fault.name === 'power' && fault.board === 'board-2')
  const allowed = ['pass', 'infra', ...(untold ? ['inconclusive'] : [])]
  for (const { cell, verdict, attempts } of detail.cells) {
    if (!verdict || !allowed.includes(verdict.verdict))
      wrong.push(`${cell.id} is ${verdict?.verdict ?? 'open'}: ${verdict?.sentence ?? ''}`)
    for (const { id, end } of attempts)
      if (!end) wrong.push(`attempt ${id} is open`)
      else if (['kernel-fault', 'firmware-fault'].includes(end.ending)) wrong.push(`attempt ${id}: ${end.sentence}`)
  }
  for (const [name, board] of Object.entries(rack.boards))
    // Of a PDU that says off and leaves on nobody can know, until it says the truth again.
    if (fault.name !== 'pdu lies' && (board.outlet === 'on' || board.runs)) wrong.push(`${name} is left on`)
  for (const { place, lease } of await placeStates(store)) if (lease) wrong.push(`${place} is kept by ${lease.holder}`)
  return wrong
}

let interrupted = false
// What runs is ended by the end of its loop, and all of it is put away below.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (interrupted = true))

const folder = await mkdtemp(join(tmpdir(), 'hyplab-faults-'))
const state = join(folder, 'state')
let rack: Rack | undefined
try {
  say('building plans/rack.yaml')
  const built = await startHyplab(state, ['build', 'plans/rack.yaml']).ended
  if (built.code !== 0) throw new Error(built.stderr)
  rack = await startRack({ folder, firmware: await firmwareOf(state) })
  await startHyplab(state, ['up']).ended
  const random = seededRandom(Number(values.seed))
  const store = await openStore(state)
  let bad = 0
  for (let number = 1; number <= Number(values.faults) && !interrupted; number++) {
    const drawn = drawFault(random, Number(values.longest) * 1000)
    const fault = values.name === undefined ? drawn : { ...drawn, name: values.name as Fault['name'] }
    const plan = await writeBoardPlan(folder, { board: fault.board, config: ['ffa=m'], again: 4, expect })
    const run = startHyplab(state, ['run', plan, '--lab', rack.labFile, '--json'])
    await Promise.race([delay(fault.at), run.ended])
    const mend = await strike({ rack, folder, state }, fault)
    await Promise.race([delay(fault.lasts), run.ended])
    await mend()
    await run.ended
    const latest = await latestRun(store)
    const detail = await runDetail(store, latest!.id)
    // What was lied about is put right by hand, as an admin would; places are free again.
    const wrong = await wrongWith(store, rack, detail, fault)
    const endings = detail.cells.flatMap(({ attempts }) => attempts.map(({ end }) => end?.ending))
    const sentences = detail.cells.flatMap(({ attempts }) =>
      attempts.flatMap(({ end }) => (end && end.ending !== 'finished' ? [end.sentence] : [])),
    )
    say(
      `${number}/${values.faults} ${fault.name} on ${fault.board} at ${(fault.at / 1000).toFixed(1)} s for ${(fault.lasts / 1000).toFixed(1)} s: ${detail.cells[0]?.verdict?.verdict} (${endings.join(', ')})`,
    )
    for (const text of sentences) say(`    ${text}`)
    for (const text of wrong) say(`  WRONG ${text}`)
    bad += wrong.length
    for (const board of Object.values(rack.boards)) await board.set('off')
    for (const { place } of await placeStates(store)) await setSuspect(store, place, null)
  }
  say(`${values.faults} faults, ${bad} wrong`)
  await store.close()
  await startHyplab(state, ['down']).ended
  process.exitCode = bad === 0 ? 0 : 1
} finally {
  await rack?.stop()
  await startHyplab(state, ['down']).ended
  await rm(folder, { recursive: true, force: true })
}
