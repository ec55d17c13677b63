import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { finishAttempt, startAttempt } from '../store/attempts.ts'
import { addEvent } from '../store/events.ts'
import { createRun, endRun } from '../store/runs.ts'
import { openStore, type Store } from '../store/store.ts'
import { sampleEnd, sampleRun, sampleStart } from '../test/store/samples.ts'

const stages = ['bl1', 'bl2', 'bl31', 'spmc', 'bl33', 'kernel', 'init', 'probes', 'off']
/** Findings of an attempt with all probes. */
const findings = 60

/**
 * What following a run costs the command, while the worker writes as it does for so many cells: seconds of processor of the
 * following process, what it needed to load and to open the store left out.
 */
export async function follow(cells: number): Promise<{ seconds: number; events: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-bench-'))
  const store = await openStore(folder)
  try {
    const run = await createRun(store, sampleRun(cells))
    const follower = execa(process.execPath, [join(import.meta.dirname, 'follow-run.ts'), folder, String(run)])
    await writeRun(store, run, cells)
    return JSON.parse((await follower).stdout) as { seconds: number; events: number }
  } finally {
    await store.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeRun(store: Store, run: number, cells: number): Promise<void> {
  const end = await sampleEnd(store, findings)
  for (let cell = 1; cell <= cells; cell++) {
    const start = { ...sampleStart({ run, cell, number: 1 }), place: `qemu/${run}.${cell}` }
    const tell = (kind: string, data: unknown) =>
      addEvent(store, { run, cell, attempt: 1, time: Date.now(), kind, data })
    await startAttempt(store, start)
    await tell('attempt-started', { place: start.place })
    for (const stage of stages) await tell('stage', { stage, seconds: 1 })
    await finishAttempt(store, start, end)
    await tell('attempt-ended', { ending: end.ending, sentence: end.sentence, seconds: 20 })
    await tell('verdict', { verdict: 'pass', sentence: 'All is as expected.', because: [] })
  }
  const data = { state: 'finished' as const, exitCode: 0, sentence: 'Fine.' }
  await endRun(store, run, { ...data, ended: Date.now(), summary: data.sentence })
}
