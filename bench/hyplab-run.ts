import { join } from 'node:path'
import { execa } from 'execa'
import type { RunEvent } from '../domain/events.ts'
import { eventsAfter } from '../store/events.ts'
import type { Store } from '../store/store.ts'

const bin = join(import.meta.dirname, '../bin/hyplab')

/** The parts of one `hyplab run`, in seconds; together they are the whole. */
export interface RunParts {
  /** From the start of the process until QEMU is started: Node, the plan, the service, the workflow, the initrd. */
  'before power-on': number
  /** From the start of QEMU to its end. */
  'power-on to power-off': number
  /** Consoles read to their end, judged, kept; the cell and the run judged. */
  'power-off to verdict': number
  /** The report, and, when the service was started for the run, its end. */
  'verdict to exit': number
}

/** One `hyplab run`, measured from outside. */
export interface MeasuredRun {
  /** From the start of the process to its exit. */
  seconds: number
  parts: RunParts
}

/** `hyplab` with these arguments on the state folder `state`; returns its standard output. */
export async function hyplab(state: string, args: string[], options: { show?: boolean } = {}): Promise<string> {
  const { stdout } = await execa(bin, args, {
    env: { HYPLAB_STATE: state },
    stdin: 'ignore',
    stderr: options.show ? ['inherit', 'pipe'] : 'pipe',
  })
  return stdout
}

/**
 * Runs one cell of a plan, whose builds exist, and reads from the store where its time went.
 * @param only the cell, as `--only` takes it
 */
export async function measureRun(store: Store, plan: string, only: string[]): Promise<MeasuredRun> {
  const started = performance.timeOrigin + performance.now()
  const out = await hyplab(store.folder, ['--json', 'run', plan, ...only.flatMap((value) => ['--only', value])])
  const exited = performance.timeOrigin + performance.now()
  const { run } = JSON.parse(out) as { run: { id: number } }
  const events = await eventsAfter(store, run.id, 0)
  const timeOf = (what: string, is: (event: RunEvent) => boolean): number => {
    const event = events.find((one) => is(one as RunEvent))
    if (!event) throw new Error(`Run ${run.id} has no event of ${what}.`)
    return event.time
  }
  const first = events.find(({ kind }) => kind === 'stage')?.data as { seconds: number } | undefined
  const on = timeOf('its first stage', ({ kind }) => kind === 'stage') - (first?.seconds ?? 0) * 1000
  const off = timeOf('its power-off', (event) => event.kind === 'stage' && event.data.stage === 'off')
  const ended = timeOf('its end', ({ kind }) => kind === 'run-ended')
  return {
    seconds: (exited - started) / 1000,
    parts: {
      'before power-on': (on - started) / 1000,
      'power-on to power-off': (off - on) / 1000,
      'power-off to verdict': (ended - off) / 1000,
      'verdict to exit': (exited - ended) / 1000,
    },
  }
}
