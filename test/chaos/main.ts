/**
 * `npm run chaos -- --kills N --stops N --seed N`, and what `usage` names: kills and stops what takes part in runs, at
 * random moments, and checks that nothing comes of it but time. See docs/running-a-lab.md.
 */
import { appendFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { exitCodes } from '../../cli/exit-codes.ts'
import { nameOf, plans as everyPlan, type Victim } from './disturbance.ts'
import { drawRuns } from './draw-runs.ts'
import { PlaceWatch } from './place-watch.ts'
import { preparePlans } from './plans.ts'
import { endProcesses, Labs, type Told } from './pool.ts'
import { table } from './table.ts'

const usage =
  'usage: npm run chaos [-- --kills N --stops N --seed N --labs N --patience SECONDS\n' +
  '                         --victim NAME ... --plan NAME ... --built FOLDER --nights]'
const say = (text: string): void => void process.stderr.write(`${text}\n`)

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    stops: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    labs: { type: 'string', default: '3' },
    patience: { type: 'string', default: '240' },
    built: { type: 'string' },
    victim: { type: 'string', multiple: true },
    plan: { type: 'string', multiple: true },
    nights: { type: 'boolean', default: false },
  },
})
const numbers = [values.kills, values.stops, values.seed, values.labs, values.patience].map(Number)
const [kills, stops, seed, labs, patience] = numbers as [number, number, number, number, number]
if (!numbers.every((number) => Number.isInteger(number) && number >= 0) || labs < 1) {
  say(usage)
  process.exit(exitCodes.usage)
}
const names = everyPlan.filter((name) => values.plan?.includes(name) ?? true)
const victims = values.victim as Victim[] | undefined
const { nights } = values
const draws = drawRuns({ kills, stops, seed, plans: names, nights, ...(victims ? { victims } : {}) })

const folder = await mkdtemp(join(tmpdir(), 'hyplab-chaos-'))
const log = join(folder, 'disturbances.jsonl')
const cut = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    cut.abort(new Error('interrupted: what runs is ended and put away'))
    // Whoever waits for a command is told by its end. What is started meanwhile is ended below.
    endProcesses(folder).catch(() => {})
  })

const told: Told[] = []
const all = kills + stops
let done = 0

function tell(one: Told): void {
  const { lab, draw, outcome } = one
  const { run, hits, faults, lost, command } = outcome
  told.push(one)
  done += hits.length
  for (const hit of hits) {
    const { disturbance, at, ...where } = hit
    const line = { time: new Date(at).toISOString(), ...disturbance, ...where }
    appendFileSync(
      log,
      `${JSON.stringify({ ...line, run, plan: draw.plan, style: draw.style, command, lost, faults, lab })}\n`,
    )
  }
  const lostTold = lost.infra + lost.tainted === 0 ? '' : `, ${lost.infra} lost as infra, ${lost.tainted} tainted`
  const names = hits.map(({ disturbance }) => nameOf(disturbance)).join(', ') || 'too late'
  say(`${done}/${all}  run ${run}, ${draw.plan}, ${draw.style}: ${names}${lostTold}`)
  for (const { kind, what } of faults) say(`    ${kind}: ${what}`)
  if (faults.length > 0) say(`    kept: ${lab}`)
}

const watch = new PlaceWatch()
try {
  // A host boots so many machines at once as it has pairs of cores, and each lab does.
  const slower = Math.max(1, labs / Math.max(1, Math.floor(availableParallelism() / 2)))
  const built = values.built ?? join(folder, 'built')
  const plans = await preparePlans(names, folder, built, slower, say, cut.signal)
  say(`${kills} kills and ${stops} stops in ${draws.length} runs, ${labs} labs, seed ${seed}; each is told in ${log}`)
  await new Labs({ folder, built, plans, patience, watch, cut: cut.signal }, draws, tell).work(labs)
} catch (error) {
  if (!cut.signal.aborted) throw error
  say(cut.signal.reason.message)
} finally {
  watch.end()
  await endProcesses(folder)
  const failed = told.filter(({ outcome }) => outcome.faults.length > 0)
  const rows = told.map(({ outcome: { hits, faults, lost } }) => ({
    disturbances: hits.map(({ disturbance }) => disturbance),
    faults,
    lost,
  }))
  if (told.length > 0) process.stdout.write(`${table(rows)}\n`)
  if (failed.length === 0) await rm(folder, { recursive: true, force: true })
  else say(`${failed.length} runs with faults; what is left of their labs is in ${folder}`)
  process.exitCode = cut.signal.aborted ? exitCodes.interrupted : failed.length > 0 ? exitCodes.verdict : exitCodes.ok
}
