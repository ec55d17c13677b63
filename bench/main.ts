/** `npm run bench [-- overhead|qemu|tracer|console|server|inspect|judge|flip|hostile|store|fvp|board|night|plan|follow|large|cli ...] [--rounds N] [--against TREE]`: what hyplab costs, beside what it is measured against. */
import { availableParallelism, cpus, loadavg } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { counted } from '../domain/counted.ts'
import { board } from './board.ts'
import { cli } from './cli.ts'
import { flip } from './flip.ts'
import { follow } from './follow.ts'
import { consoleServer } from './console-server.ts'
import { consoleThroughput } from './console-throughput.ts'
import { fvpStandIn } from './fvp-stand-in.ts'
import { hostile } from './hostile.ts'
import { inspectThroughput } from './inspect-throughput.ts'
import { judgeThroughput } from './judge.ts'
import { largePlan } from './large-plan.ts'
import { largeRun } from './large-run.ts'
import { night } from './night.ts'
import { overhead } from './overhead.ts'
import { qemuPower } from './qemu-power.ts'
import { inSeconds, type Spread } from './spread.ts'
import { store } from './store.ts'
import { tracer } from './tracer.ts'

const say = (text: string): void => void process.stderr.write(`${text}\n`)
const print = (text: string): void => void process.stdout.write(`${text}\n`)

/** Rounds of `qemu`, `tracer`, `server`, `fvp`, `board`, `night`, `plan` and `cli`, and of `overhead` for each of its two cases, when `--rounds` does not say. */
const defaultRounds = 7

const benchmarks: Record<string, (rounds: number) => Promise<void>> = {
  overhead: async (rounds) => {
    for (const { service, raw, run, overhead: over, parts } of await overhead(rounds, say)) {
      print(`\nhyplab run of one cell, service ${service}: median of ${rounds} rounds by turns (least to most)`)
      print(`  raw QEMU      ${inSeconds(raw)}`)
      print(`  hyplab run    ${inSeconds(run)}`)
      print(`  overhead      ${inSeconds(over)}, goal 1 s`)
      for (const [name, seconds] of Object.entries(parts)) print(`    ${name.padEnd(22)} ${seconds.toFixed(2)} s`)
    }
  },
  qemu: async (rounds) => {
    const { bare, adapter, overhead: over, powerUp } = await qemuPower(rounds)
    print(`\nA guest in QEMU, bare and by the adapter: median of ${rounds} rounds by turns (least to most)`)
    print(`  bare          ${inSeconds(bare)}`)
    print(`  adapter       ${inSeconds(adapter)}`)
    print(`  overhead      ${inSeconds(over)}, goal 0.1 s`)
    print(`    power-up    ${inSeconds(powerUp)}, until every line is attached and nothing has run`)
  },
  tracer: async (rounds) => {
    const { plain, traced, cost } = await tracer(rounds, say)
    print(`\nA boot with the SMC tracer beside one without: median of ${rounds} rounds by turns (least to most)`)
    print(`  without       ${inSeconds(plain)}`)
    print(`  with          ${inSeconds(traced)}`)
    print(`  difference    ${inSeconds(cost)}, goal none`)
  },
  console: async () => {
    print('\nConsoles, 1 GB on one core (goal 100 MB/s, memory that does not grow)')
    for (const { what, megabytesPerSecond, matches, peakMiB } of await consoleThroughput()) {
      const memory = peakMiB === undefined ? '' : `, at most ${peakMiB.toFixed(0)} MiB`
      const found = matches === undefined ? '' : `, ${matches} matches`
      print(`  ${what.padEnd(60)} ${megabytesPerSecond.toFixed(0).padStart(5)} MB/s${found}${memory}`)
    }
  },
  server: async (rounds) => {
    print(`\n5 MB of a board through ser2net: median of ${rounds} rounds by turns (least to most), goal: no difference`)
    for (const { what, megabytesPerSecond } of await consoleServer(rounds)) {
      const { median, least, most } = megabytesPerSecond
      print(`  ${what.padEnd(50)} ${median.toFixed(2)} MB/s (${least.toFixed(2)} to ${most.toFixed(2)})`)
    }
  },
  inspect: async () => {
    print('\nhyplab inspect, logs of 100 MB (goal: 100 MB/s on one core, memory that does not grow)')
    for (const { what, megabytesPerSecond, perCore, boots, startMiB, peakMiB } of await inspectThroughput()) {
      const speed = `${megabytesPerSecond.toFixed(0).padStart(5)} MB/s, ${perCore.toFixed(0)} MB for each second of a core`
      print(
        `  ${what.padEnd(32)} ${speed}; ${boots} boots; ${startMiB.toFixed(0)} MiB at first, at most ${peakMiB.toFixed(0)}`,
      )
    }
  },
  judge: async () => {
    print('\nThe end of an attempt that showed 1 GiB (goal: 100 MB/s a core, 60 MiB over idle, no beat later than 2 s)')
    for (const { what, megabytesPerSecond, perCore, overIdleMiB, latestBeat, sentence } of await judgeThroughput()) {
      const speed = `${megabytesPerSecond.toFixed(0).padStart(5)} MB/s, ${perCore.toFixed(0)} MB for each second of a core`
      const beside = `at most ${overIdleMiB.toFixed(0)} MiB over idle, a heartbeat at most ${latestBeat.toFixed(2)} s late`
      print(`  ${what.padEnd(40)} ${speed}; ${beside}; "${sentence}"`)
    }
  },
  flip: async () => {
    print('\nARM_FFA_TRANSPORT and OPTEE from y to m on a warm tree, empty ccache (goal: make + 2 s)')
    for (const { what, seconds } of await flip()) print(`  ${seconds.toFixed(1).padStart(6)} s  ${what}`)
  },
  hostile: async () => {
    print(
      '\nInputs made to hurt, the worst of each kind (goal: 4 s for a file, 1 s for a line, no growth by the square)',
    )
    for (const { what, inputs, seconds, growth } of hostile()) {
      const times = growth === 0 ? '' : `, ${growth.toFixed(1)} times that of a quarter of it`
      print(`  ${what.padEnd(52)} ${String(inputs).padStart(4)} inputs: ${seconds.toFixed(3)} s${times}`)
    }
  },
  fvp: async (rounds) => {
    const { bare, adapter, overhead: over } = await fvpStandIn(rounds)
    print(`\nA boot of the FVP stand-in, bare and by the adapter: median of ${rounds} rounds by turns (least to most)`)
    print(`  bare          ${inSeconds(bare)}`)
    print(`  adapter       ${inSeconds(adapter)}`)
    print(`  overhead      ${inSeconds(over)}, goal 0.5 s`)
  },
  board: async (rounds) => {
    print(`\nA boot of the rack's board-1, power-on to verdict: median of ${rounds} rounds by turns (least to most)`)
    for (const { what, boot, more, parts, whole } of await board(rounds, say)) {
      const percent = [more.median, more.least, more.most].map((one) => one.toFixed(1))
      print(`  ${what.padEnd(16)} ${inSeconds(boot)}, ${percent[0]} % more than bare (${percent[1]} to ${percent[2]})`)
      for (const [name, seconds] of Object.entries(parts)) print(`    ${name.padEnd(22)} ${seconds.toFixed(2)} s`)
      print(`    process, all of it     ${inSeconds(whole).trim()}`)
    }
    print('  goals: hyplab at most 5 % more than the bare script, and less than labgrid')
  },
  night: async (rounds) => {
    print(
      `\nA night of cells of QEMU beside the same boots run raw: median of ${rounds} rounds by turns (least to most)`,
    )
    for (const { what, night: seconds, times } of await night(rounds, say)) {
      const [median, least, most] = [times.median, times.least, times.most].map((one) => one.toFixed(2))
      print(`  ${what.padEnd(36)} ${inSeconds(seconds)}, ${median} times raw (${least} to ${most})`)
    }
    print('  goal: at most 1.1 times, with as many at once as is best')
  },
  plan: async (rounds) => {
    for (const kernels of [1, 50]) {
      const distinct = counted(kernels * 20, 'distinct kernel build')
      print(`\nA plan of 20,000 cells with ${distinct}: median of ${rounds} rounds (least to most), goal 3 s`)
      for (const { what, seconds } of await largePlan(rounds, kernels))
        print(`  ${what.padEnd(24)} ${inSeconds(seconds)}`)
    }
  },
  follow: async () => {
    print('\nFollowing a run beside the worker that writes it: processor time of the command, without its start')
    for (const cells of [12, 120]) {
      const { seconds, events } = await follow(cells)
      print(`  ${String(cells).padStart(5)} cells, ${events} events: ${seconds.toFixed(2)} s`)
    }
  },
  large: async () => {
    const cells = 5_000
    print(`\nA run of ${cells} cells that boot nothing, on a real server (goal: no story of 10,000 events)`)
    const { seconds, booted, idleMiB, peakMiB, stories } = await largeRun(cells, 20)
    print(`  ${booted} boots in ${seconds.toFixed(0)} s, ${counted(stories.length, 'story', 'stories')}`)
    print(`  the worker: ${idleMiB.toFixed(0)} MiB before, at most ${peakMiB.toFixed(0)} MiB`)
    for (const { events, bytes } of stories)
      print(`  ${String(events).padStart(7)} events, ${(bytes / 1e6).toFixed(2)} MB`)
  },
  cli: async (rounds) => {
    if (values.against === undefined) return say('cli compares two trees: name the other one, --against TREE')
    print(`\nThe command line beside ${values.against}: median of ${rounds} rounds by turns (least to most)`)
    const share = ({ median, least, most }: Spread): string =>
      `${median.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`
    print(`  ${'command'.padEnd(22)} ${'this tree'.padEnd(26)} ${'the other'.padEnd(26)} goal  share of wall, of CPU`)
    for (const { what, ours, theirs, wall, cpu, goal } of await cli(rounds, resolve(values.against), say)) {
      const times = `${inSeconds(ours).padEnd(26)} ${inSeconds(theirs).padEnd(26)}`
      print(`  ${what.padEnd(22)} ${times} ${goal.toFixed(2)}  ${share(wall)}, ${share(cpu)}`)
    }
  },
  store: async () => {
    print('\nThe results of a run of 50 cells')
    for (const { what, milliseconds } of await store()) print(`  ${milliseconds.toFixed(1).padStart(8)} ms  ${what}`)
  },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, against: { type: 'string' } },
})
const rounds = Number(values.rounds ?? defaultRounds)
const unknown = positionals.find((name) => !(name in benchmarks))
if (unknown !== undefined || !Number.isInteger(rounds) || rounds < 1) {
  say(`usage: npm run bench [-- ${Object.keys(benchmarks).join('|')} ...] [--rounds N] [--against TREE]`)
  process.exit(2)
}
for (const name of positionals.length > 0
  ? positionals
  : Object.keys(benchmarks).filter((each) => each !== 'cli' || values.against)) {
  print(`\n${name}: ${host()}`)
  await benchmarks[name]!(rounds)
}

/** A figure means little beside a busy compiler: the load goes with it. */
function host(): string {
  const load = loadavg().map((one) => one.toFixed(1))
  return `${availableParallelism()} x ${cpus()[0]?.model.trim() ?? 'unknown CPU'}, load ${load.join(' ')} over 1, 5, 15 min`
}
