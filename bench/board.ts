import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import type { RunEvent } from '../domain/events.ts'
import { foldersFrom } from '../host/folders.ts'
import { eventsAfter } from '../store/events.ts'
import { openStore, type Store } from '../store/store.ts'
import { firmwareOf } from '../test/rack/firmware-of.ts'
import { startRack } from '../test/rack/rack.ts'
import { boardBoot, boardName } from './board-boot.ts'
import { hyplab } from './hyplab-run.ts'
import { installLabgrid, labgridCommand, labgridVersion } from './labgrid.ts'
import { watchOutlet, type Told } from './outlet-watch.ts'
import { spreadOf, type Spread } from './spread.ts'

/** Boots of one board, in seconds. */
export interface BoardRow {
  what: string
  /** From power-on to the verdict, or to what a script has in its place: the records were there and the board is off again. */
  boot: Spread
  /** What of the bare script's boot in the same round it took more, in percent. */
  more: Spread
  /** The medians of the parts of `boot`; together they are nearly the whole. */
  parts: Record<'power-on to kernel' | 'kernel to power-off' | 'power-off to verdict', number>
  /** From the start of the process to its exit. */
  whole: Spread
}

/** One boot, in milliseconds since 1970. */
interface Boot {
  started: number
  on: number
  kernel: number
  off: number
  end: number
  exited: number
}

const plan = join(import.meta.dirname, '../plans/rack.yaml')
/** One cell whose verdict is a plain pass. */
const cell = [`target=${boardName}`, 'config=ffa=y', 'mode=nvhe']

/**
 * Boots one virtual board of the rack by a bare script, by hyplab and by labgrid, by turns, so that all see the same load. The
 * outlet itself says when the power went on, so that it is one clock for all. hyplab's service runs already.
 * @param rounds boots by each
 * @param say talk while it measures
 */
export async function board(rounds: number, say: (text: string) => void): Promise<BoardRow[]> {
  const state = join(foldersFrom().state, 'bench')
  await mkdir(state, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-bench-'))
  say('building what the cell needs, as far as it is not there')
  await hyplab(state, ['build', plan], { show: true })
  say(`installing labgrid ${labgridVersion}`)
  const python = await installLabgrid(join(folder, 'venv'))
  const rack = await startRack({ folder, firmware: await firmwareOf(state) })
  const store = await openStore(state)
  try {
    const told = watchOutlet(rack.boards[boardName])
    await hyplab(state, ['up'])
    // The first of each is not counted: it reads files from the disk that the others find in memory.
    const first = await hyplabBoot(store, rack.labFile, told)
    const scripts = await scriptsFor(store, rack.labFile, first.run, folder, python)
    const boots: [what: string, () => Promise<Boot>][] = [
      ['bare script', () => scriptBoot(scripts.bare, told)],
      ['hyplab', () => hyplabBoot(store, rack.labFile, told)],
      [`labgrid ${labgridVersion}`, () => scriptBoot(scripts.labgrid, told)],
    ]
    const all = boots.map(([what, boot]) => ({ what, boot, done: [] as Boot[] }))
    for (let round = -1; round < rounds; round++) {
      for (let turn = 0; turn < all.length; turn++) {
        const { what, boot, done } = all[(turn + round + 1) % all.length]!
        const one = await boot()
        say(`${round < 0 ? 'not counted' : `round ${round + 1}`}: ${what} ${((one.end - one.on) / 1000).toFixed(2)} s`)
        if (round >= 0) done.push(one)
      }
    }
    const bare = all[0]!.done.map(({ on, end }) => end - on)
    return all.map(({ what, done }) => rowOf(what, done, bare))
  } finally {
    await hyplab(state, ['down'])
    await store.close()
    await rack.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function rowOf(what: string, boots: Boot[], bare: number[]): BoardRow {
  const seconds = (from: keyof Boot, to: keyof Boot): Spread =>
    spreadOf(boots.map((boot) => (boot[to] - boot[from]) / 1000))
  return {
    what,
    boot: seconds('on', 'end'),
    more: spreadOf(boots.map(({ on, end }, round) => ((end - on) / bare[round]! - 1) * 100)),
    parts: {
      'power-on to kernel': seconds('on', 'kernel').median,
      'kernel to power-off': seconds('kernel', 'off').median,
      'power-off to verdict': seconds('off', 'end').median,
    },
    whole: seconds('started', 'exited'),
  }
}

/** The words that boot the board by each script. */
async function scriptsFor(store: Store, labFile: string, run: number, folder: string, python: string) {
  const out = join(folder, 'scripts')
  await mkdir(out)
  const boot = await boardBoot(store, labFile, run, out)
  const file = join(out, 'boot.json')
  await writeFile(file, JSON.stringify(boot))
  const bare = [process.execPath, join(import.meta.dirname, 'bare-board.ts'), file]
  return { bare, labgrid: await labgridCommand(python, boot) }
}

async function scriptBoot([program, ...args]: string[], told: Told[]): Promise<Boot> {
  const { value, ...times } = await timed(told, async () => (await execa(program!, args)).stdout)
  return { ...times, ...(JSON.parse(value) as { kernel: number; end: number }) }
}

/** @throws Error when the cell did not pass: then its time says nothing */
async function hyplabBoot(store: Store, labFile: string, told: Told[]): Promise<Boot & { run: number }> {
  const args = ['--json', 'run', plan, '--lab', labFile, ...cell.flatMap((value) => ['--only', value])]
  const { value, ...times } = await timed(told, () => hyplab(store.folder, args))
  const { run } = JSON.parse(value) as { run: { id: number } }
  const events = (await eventsAfter(store, run.id, 0)) as (RunEvent & { time: number })[]
  const verdict = events.find((event) => event.kind === 'verdict')
  const kernel = events.find((event) => event.kind === 'stage' && event.data.stage === 'kernel')
  if (verdict?.kind !== 'verdict' || verdict.data.verdict !== 'pass' || !kernel)
    throw new Error(`Run ${run.id} did not pass: ${JSON.stringify(verdict?.data)}`)
  return { ...times, kernel: kernel.time, end: verdict.time, run: run.id }
}

async function timed(
  told: Told[],
  boot: () => Promise<string>,
): Promise<Pick<Boot, 'started' | 'on' | 'off' | 'exited'> & { value: string }> {
  told.length = 0
  const now = (): number => performance.timeOrigin + performance.now()
  const started = now()
  const value = await boot()
  const exited = now()
  const on = told.findIndex(({ to }) => to === 'on')
  const off = told.slice(on).find(({ to }) => to === 'off')
  if (on < 0 || !off) throw new Error('The outlet was not told to go on, and off again.')
  return { started, on: told[on]!.at, off: off.at, exited, value }
}
