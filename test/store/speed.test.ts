import { rm } from 'node:fs/promises'
import { expect, test, vi } from 'vitest'
import { finishAttempt } from '../../store/attempts.ts'
import { runDetail } from '../../store/details.ts'
import { createRun } from '../../store/runs.ts'
import { openStore } from '../../store/store.ts'
import { startChild } from './children/child.ts'
import { sampleEnd, sampleRun, sampleStart, temporaryState } from './samples.ts'

// Other processes have to start, on a host that may be busy with builds.
vi.setConfig({ testTimeout: 60_000 })

test('prints what it costs to open the store and to read a run of 50 cells', async () => {
  const folder = await temporaryState()
  const store = await openStore(folder)
  const run = await createRun(store, sampleRun(50))
  const end = await sampleEnd(store, 12)
  const writing = performance.now()
  for (let cell = 1; cell <= 50; cell++) await finishAttempt(store, sampleStart({ run, cell, number: 1 }), end)
  const written = performance.now()
  await runDetail(store, run)
  const first = performance.now()
  await runDetail(store, run)
  const warm = performance.now() - first
  await store.close()

  const child = startChild('time-detail.ts', [folder, `${run}`])
  const { value: said } = (await child.lines.next()) as { value: string }
  expect(await child.ended).toEqual({ code: 0, signal: null, stderr: '' })
  expect(said).toMatch(/^50 cells;/)
  console.log(`fresh process: ${said}`)
  console.log(`warm: runDetail ${warm.toFixed(1)} ms, finishAttempt ${((written - writing) / 50).toFixed(1)} ms`)
  await rm(folder, { recursive: true })
})
