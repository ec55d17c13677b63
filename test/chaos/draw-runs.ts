import fc from 'fast-check'
import type { Stage } from '../../domain/stage.ts'
import {
  plans as everyPlan,
  victims,
  type Disturbance,
  type Kind,
  type Moment,
  type PlanName,
  type RunDraw,
  type Style,
  type Victim,
} from './disturbance.ts'

/** How much of what is asked for, and the seed on which alone the draw depends. */
export interface Wanted {
  kills: number
  stops: number
  seed: number
  /** Only these, where not all. */
  victims?: readonly Victim[]
  plans?: readonly PlanName[]
  /** All of them as nights of a schedule, where not as plain runs. */
  nights?: boolean
}

/** Into which boots of a run, and behind which of their stages. `power` is the attempt's begin. */
const stages: Stage[] = ['power', 'bl1', 'bl2', 'bl31', 'spmc', 'kernel', 'init', 'probes', 'off']
/** Those that only live in a boot. */
const ofBoots = new Set<Victim>(['qemu', 'swtpm', 'guard'])

const everybody: readonly Victim[] = [...victims.kill, ...victims.stop]

const share = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000)
const percent = fc.integer({ min: 0, max: 99 })
const dice = fc.record({
  moment: percent,
  stage: fc.constantFrom(...stages),
  nth: fc.integer({ min: 0, max: 2 }),
  share,
  seconds: fc.integer({ min: 5, max: 60 }),
  pick: share,
  upAfter: fc.integer({ min: 0, max: 3 }),
})
const runDice = fc.record({ size: percent, plan: percent, style: percent })

/**
 * Draws what is done to which runs: so many kills and stops, each victim as often as the others, in random order, one to
 * three in a run. The same seed gives the same draw.
 * @throws Error when no victim is left for what is wanted
 */
export function drawRuns({
  kills,
  stops,
  seed,
  victims: wanted = everybody,
  plans = everyPlan,
  nights = false,
}: Wanted): RunDraw[] {
  const only = wanted.filter((victim) => victim !== 'swtpm' || plans.includes('tpm'))
  const all = [...evenly('kill', kills, only), ...evenly('stop', stops, only)]
  const [order = []] = sample(fc.shuffledSubarray(all, { minLength: all.length }), seed, 1)
  const thrown = sample(dice, seed + 1, all.length)
  const disturbances = order.map(({ kind, victim }, n): Disturbance => {
    const { seconds, pick, upAfter, ...aim } = thrown[n]!
    return { kind, victim, seconds: kind === 'kill' ? 0 : seconds, pick, upAfter, moment: momentOf(victim, aim) }
  })
  const ofRuns = sample(runDice, seed + 2, all.length)
  const runs: RunDraw[] = []
  while (disturbances.length > 0) {
    const { size, plan, style } = ofRuns[runs.length]!
    const some = disturbances.splice(0, size < 60 ? 1 : size < 90 ? 2 : 3)
    const needsTpm = some.some(({ victim }) => victim === 'swtpm')
    runs.push({
      plan: needsTpm || !plans.includes('first-look') || (plans.includes('tpm') && plan < 35) ? 'tpm' : 'first-look',
      style: nights ? 'night' : styleOf(some, style),
      disturbances: some,
    })
  }
  return runs
}

function evenly(kind: Kind, count: number, only: readonly Victim[]): { kind: Kind; victim: Victim }[] {
  const of = victims[kind].filter((victim) => only.includes(victim))
  if (of.length === 0 && count > 0) throw new Error(`None of ${only.join(', ')} can be had for a ${kind}.`)
  return Array.from({ length: count }, (_, n) => ({ kind, victim: of[n % of.length]! }))
}

function momentOf(
  victim: Victim,
  { moment, stage, nth, share: at }: { moment: number; stage: Stage; nth: number; share: number },
): Moment {
  if (moment < 50 || ofBoots.has(victim)) return { from: 'stage', stage, nth, share: at }
  return moment < 90 ? { from: 'run', share: at } : { from: 'command', share: at }
}

/** A command can only be killed where there is one. */
function styleOf(disturbances: Disturbance[], dice: number): Style {
  if (disturbances.some(({ victim }) => victim === 'cli')) return dice < 50 ? 'followed' : 'owned'
  return dice < 70 ? 'detached' : dice < 90 ? 'followed' : 'owned'
}

function sample<T>(arbitrary: fc.Arbitrary<T>, seed: number, numRuns: number): T[] {
  if (numRuns === 0) return []
  // Unbiased: fast-check leans to the ends of a range else, where faults of programs are.
  return fc.sample(fc.noBias(arbitrary), { seed, numRuns })
}
