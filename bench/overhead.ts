import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { foldersFrom } from '../host/folders.ts'
import { openStore, type Store } from '../store/store.ts'
import { hyplab, measureRun, type MeasuredRun, type RunParts } from './hyplab-run.ts'
import { rawBoot } from './raw-boot.ts'
import { spreadOf, type Spread } from './spread.ts'

/** `hyplab run` beside raw QEMU, all times in seconds. */
export interface Overhead {
  /** Whether a service was running already (`hyplab up`), or each run started its own and stopped it. */
  service: 'running' | 'started and stopped by each run'
  raw: Spread
  run: Spread
  /** What `hyplab run` took longer than the raw boot before it. */
  overhead: Spread
  /** The medians of the parts of `hyplab run`. */
  parts: RunParts
}

const plan = join(import.meta.dirname, '../plans/first-look.yaml')
/** One cell whose verdict is a plain pass. */
const only = ['mode=nvhe']

/**
 * Measures what `hyplab run` of one cell costs over the raw QEMU boot of the same files, raw and run by turns, so that
 * both see the same load. It has a state folder of its own inside the user's, where the builds of earlier benchmarks are.
 * @param rounds pairs of boots for each of the two cases
 * @param say talk while it measures
 */
export async function overhead(rounds: number, say: (text: string) => void): Promise<Overhead[]> {
  const state = join(foldersFrom().state, 'bench')
  await mkdir(state, { recursive: true })
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-bench-'))
  say('building what the cell needs, as far as it is not there')
  await hyplab(state, ['build', plan], { show: true })
  const store = await openStore(state)
  try {
    await hyplab(state, ['up'])
    const running = await compare('running', store, folder, rounds)
    await hyplab(state, ['down'])
    return [running, await compare('started and stopped by each run', store, folder, rounds)]
  } finally {
    await hyplab(state, ['down'])
    await store.close()
    await rm(folder, { recursive: true })
  }
}

async function compare(service: Overhead['service'], store: Store, folder: string, rounds: number): Promise<Overhead> {
  // The first of each is not counted: it reads files from the disk that the others find in memory.
  await measureRun(store, plan, only)
  const command = (await hyplab(store.folder, ['reproduce', 'latest.1.1'])).trim()
  await rawBoot(command, folder)
  const raw: number[] = []
  const runs: MeasuredRun[] = []
  for (let round = 0; round < rounds; round++) {
    raw.push(await rawBoot(command, folder))
    runs.push(await measureRun(store, plan, only))
  }
  const part = (name: keyof RunParts): number => spreadOf(runs.map(({ parts }) => parts[name])).median
  return {
    service,
    raw: spreadOf(raw),
    run: spreadOf(runs.map(({ seconds }) => seconds)),
    overhead: spreadOf(runs.map(({ seconds }, round) => seconds - raw[round]!)),
    parts: {
      'before power-on': part('before power-on'),
      'power-on to power-off': part('power-on to power-off'),
      'power-off to verdict': part('power-off to verdict'),
      'verdict to exit': part('verdict to exit'),
    },
  }
}
