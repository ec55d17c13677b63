import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { finishAttempt } from '../store/attempts.ts'
import { runDetail } from '../store/details.ts'
import { createRun } from '../store/runs.ts'
import { openStore } from '../store/store.ts'
import { sampleEnd, sampleRun, sampleStart } from '../test/store/samples.ts'

const cells = 50

/** What it costs to write a run of 50 cells and to read it, in a process that reads for the first time and in one that does not. */
export async function store(): Promise<{ what: string; milliseconds: number }[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-bench-'))
  try {
    const opened = await openStore(folder)
    const run = await createRun(opened, sampleRun(cells))
    const end = await sampleEnd(opened, 12)
    const write = await milliseconds(async () => {
      for (let cell = 1; cell <= cells; cell++) await finishAttempt(opened, sampleStart({ run, cell, number: 1 }), end)
    })
    await runDetail(opened, run)
    const again = await milliseconds(async () => void (await runDetail(opened, run)))
    await opened.close()
    const fresh = join(import.meta.dirname, 'read-run.ts')
    const { stdout } = await execa(process.execPath, [fresh, folder, String(run)])
    return [
      { what: 'finishAttempt', milliseconds: write / cells },
      { what: 'runDetail, read before', milliseconds: again },
      ...Object.entries(JSON.parse(stdout) as Record<string, number>).map(([what, took]) => ({
        what: `in a fresh process: ${what}`,
        milliseconds: took,
      })),
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function milliseconds(action: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await action()
  return performance.now() - start
}
