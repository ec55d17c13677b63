import { execFile } from 'node:child_process'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import { verifyArtifact } from '../../store/artifacts.ts'
import { findAttempt, finishAttempt } from '../../store/attempts.ts'
import { runDetail } from '../../store/details.ts'
import { eventsAfter } from '../../store/events.ts'
import { createRun } from '../../store/runs.ts'
import { type Store } from '../../store/store.ts'
import { incomingFolder, sweep } from '../../store/sweep.ts'
import { startChild } from './children/child.ts'
import { sampleEnd, sampleRun, sampleStart } from './samples.ts'
import { useStore } from './use-store.ts'

// Other processes have to start, on a host that may be busy with builds.
vi.setConfig({ testTimeout: 60_000 })

let store: Store
useStore((fresh) => (store = fresh))

test('two writers and a reader in three processes: the reader sees whole results only, each event once', async () => {
  const run = await createRun(store, sampleRun(2))
  const count = 60
  const writers = [1, 2].map((cell) => startChild('write-attempts.ts', [store.folder, `${run}`, `${cell}`, `${count}`]))
  let writing = writers.length
  const ended = writers.map((writer) => writer.ended.finally(() => writing--))

  const seen: string[] = []
  let seq = 0
  let looks = 0
  for (let last = false; !last; looks++) {
    last = writing === 0
    for (const event of await eventsAfter(store, run, seq)) {
      expect(event.seq).toBe(seq + 1)
      seq = event.seq
      seen.push(`${event.cell}.${event.attempt}`)
      expect(await findAttempt(store, { run, cell: event.cell!, number: event.attempt! })).toBeDefined()
    }
    const { cells } = await runDetail(store, run)
    for (const attempt of cells.flatMap((cell) => cell.attempts)) {
      expect([attempt.end?.artifacts.length, attempt.end?.findings.length]).toEqual([4, 4])
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (const end of ended) expect(await end).toEqual({ code: 0, signal: null, stderr: '' })
  expect(new Set(seen).size).toBe(2 * count)
  expect(seen).toHaveLength(2 * count)
  expect(looks).toBeGreaterThan(2)
})

// The inserts of one attempt: 1 is the attempt, 2 to 5 its artifacts, 6 to 9 its findings.
test.each([2, 5, 9])('kill -9 before insert %i of an attempt leaves nothing of it', async (insert) => {
  const run = await createRun(store, sampleRun(1))
  const child = startChild('write-attempts.ts', [store.folder, `${run}`, '1', '2', `${insert}`])
  expect(await child.ended).toMatchObject({ signal: 'SIGKILL', stderr: '' })

  const { cells } = await runDetail(store, run)
  expect(cells[0]?.attempts.map((attempt) => attempt.number)).toEqual([1])
  const second = sampleStart({ run, cell: 1, number: 2 })
  const end = await sampleEnd(store)
  await finishAttempt(store, second, end)
  expect((await findAttempt(store, second))?.end).toEqual(end)
})

test('kill -9 in the middle of an artifact leaves a half copy that only sweep sees', async () => {
  const fifo = join(store.folder, 'fifo')
  await promisify(execFile)('mkfifo', [fifo])
  const child = startChild('put-artifacts.ts', [store.folder, 'copy', fifo])
  const end = await open(fifo, 'w')
  // The pipe holds 64 KiB: when all of this is written, the child has read nearly all of it and waits for more.
  await end.writeFile(Buffer.alloc(8 << 20, 'x'))
  expect(await readdir(incomingFolder(store))).toHaveLength(1)
  expect(await sweep(store)).toBe(0)
  child.process.kill('SIGKILL')
  await child.ended
  await end.close()

  expect(await readdir(join(store.folder, 'artifacts'))).toEqual(['incoming'])
  expect(await sweep(store)).toBe(1)
  expect(await readdir(incomingFolder(store))).toEqual([])
})

test.each([1, 4, 9])('kill -9 after %i artifacts leaves only whole ones', async (count) => {
  const child = startChild('put-artifacts.ts', [store.folder, 'move', store.folder])
  const said: string[] = []
  for await (const sha256 of child.lines) {
    if (said.push(sha256) === count) child.process.kill('SIGKILL')
  }
  await child.ended
  expect(said.length).toBeGreaterThanOrEqual(count)
  await sweep(store)
  const entries = await readdir(join(store.folder, 'artifacts'), { recursive: true, withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
  for (const name of names) await verifyArtifact(store, name)
  expect(names).toEqual(expect.arrayContaining(said))
})
