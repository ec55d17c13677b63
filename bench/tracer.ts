import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildSmcTrace } from '../builds/guest/smc-trace.ts'
import { foldersFrom } from '../host/folders.ts'
import { openStore } from '../store/store.ts'
import { tracerArguments } from '../targets/qemu/tracer.ts'
import { hyplab, measureRun } from './hyplab-run.ts'
import { rawBoot } from './raw-boot.ts'
import { spreadOf, type Spread } from './spread.ts'

/** Raw boots with and without the SMC tracer, in seconds. */
export interface TracerCost {
  plain: Spread
  traced: Spread
  /** What each traced boot took longer than the plain one beside it. */
  cost: Spread
}

const plan = join(import.meta.dirname, '../plans/first-look.yaml')
const only = ['config=ffa=m']

/**
 * Measures what the SMC tracer costs a boot: the command of `hyplab reproduce`, with the tracer and without it by turns, each
 * first in every second round, so that both see the same load. The cell is one whose calls are trapped and
 * forwarded, each of which is recorded twice.
 * @param rounds pairs of boots
 * @param say talk while it measures
 */
export async function tracer(rounds: number, say: (text: string) => void): Promise<TracerCost> {
  const folders = foldersFrom()
  const state = join(folders.state, 'bench')
  await mkdir(state, { recursive: true })
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-bench-'))
  const logFile = join(folder, 'smc-trace.log')
  const { path } = await buildSmcTrace({ folders, logFile, signal: AbortSignal.timeout(120_000) })
  const store = await openStore(state)
  try {
    say('building what the cell needs, as far as it is not there')
    await measureRun(store, plan, only)
    const command = (await hyplab(state, ['reproduce', 'latest.1.1'])).trim()
    const plain: number[] = []
    const traced: number[] = []
    const boots = [
      async () => plain.push(await rawBoot(command, folder)),
      async () => {
        const own = await mkdtemp(join(folder, 'traced-'))
        traced.push(await rawBoot(`${command} ${tracerArguments({ folder: own, tracer: path }).join(' ')}`, own))
      },
    ]
    // The first one reads files from the disk that the others find in memory.
    await rawBoot(command, folder)
    for (let round = 0; round < rounds; round++) for (const boot of round % 2 ? boots.toReversed() : boots) await boot()
    return {
      plain: spreadOf(plain),
      traced: spreadOf(traced),
      cost: spreadOf(traced.map((seconds, round) => seconds - plain[round]!)),
    }
  } finally {
    await store.close()
    await rm(folder, { recursive: true })
  }
}
