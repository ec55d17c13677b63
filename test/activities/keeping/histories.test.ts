/** Collections over random histories: nothing that is kept is missing, all that went is noted, nothing useless stays. */
import { mkdtemp, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { collectGarbage, type Garbage } from '../../../activities/keeping/collect-garbage.ts'
import { classOf } from '../../../domain/keep/file-class.ts'
import { verdicts } from '../../../domain/verdict/verdict.ts'
import { putArtifact } from '../../../store/artifacts.ts'
import { usableBuild } from '../../../store/builds.ts'
import { pin } from '../../../store/keeping/pins.ts'
import { writeNight } from '../../../store/nights.ts'
import { openStore, type Store } from '../../../store/store.ts'
import { noon } from '../../store/samples.ts'
import { artifactsIn, day, makeBuild, makeOld, makeRun, pointedAt } from '../../store/keeping/samples.ts'

/** In memory where that can be: each history waits for the disk some hundred times. */
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

async function collect(store: Store, now: number, dryRun = false): Promise<Garbage> {
  const folders = { state: store.folder, cache: join(store.folder, 'cache') }
  const garbage = await collectGarbage({ folders, store }, { now, dryRun, signal: new AbortController().signal })
  return garbage!
}

const endings = ['finished', 'kernel-fault', 'infra', 'cancelled'] as const
const file = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const arbitraryRun = fc.record({
  plan: fc.constantFrom('p', 'q'),
  age: fc.integer({ min: 0, max: 800 }),
  ended: fc.boolean(),
  night: fc.boolean(),
  pinned: fc.constantFrom('no', 'run', 'cell'),
  cells: fc.array(
    fc.record({
      verdict: fc.option(fc.constantFrom(...verdicts)),
      build: fc.integer({ min: 1, max: 3 }),
      attempts: fc.array(
        fc.record({
          ending: fc.constantFrom(...endings),
          files: fc.record({ 'console/uart0': file, records: file, initrd: file }, { requiredKeys: ['console/uart0'] }),
        }),
        { minLength: 1, maxLength: 2 },
      ),
    }),
    { minLength: 1, maxLength: 2 },
  ),
})

it('what is kept is whole, what went is noted, and nothing useless survives', { timeout: 300_000 }, async () => {
  const now = noon + 1000 * day
  await fc.assert(
    fc.asyncProperty(fc.array(arbitraryRun, { minLength: 1, maxLength: 5 }), async (history) => {
      const store = await openStore(await mkdtemp(join(place, 'hyplab-histories-')))
      onTestFinished(() => rm(store.folder, { recursive: true, force: true }))
      for (const number of [1, 2, 3]) await makeBuild(store, number, noon + number * 400 * day)
      const nothing = { pinned: new Set<number>(), running: new Set<number>() }
      for (const [index, { age, night, pinned, ...run }] of history.entries()) {
        const number = await makeRun(store, { ...run, started: now - age * day })
        if (!run.ended) nothing.running.add(number)
        if (pinned === 'run') nothing.pinned.add(number)
        if (pinned !== 'no')
          await pin(store, { run: number, cell: pinned === 'run' ? undefined : 1, why: 'so', by: 'me', at: now })
        if (night) {
          const due = now - age * day
          await writeNight(store, {
            schedule: 's',
            workflowId: `n${index}`,
            due,
            begun: due,
            run: number,
            fault: null,
          })
        }
      }
      await putArtifact(store, Buffer.from('nobody points to this'))
      await makeOld(store, noon)

      const would = await collect(store, now, true)
      const before = await artifactsIn(store)
      const did = await collect(store, now)
      // A dry run says what comes, and changes nothing.
      expect(would.removals).toEqual(did.removals)
      expect(would.artifacts).toEqual(did.artifacts)

      const there = new Set(await artifactsIn(store))
      expect(before.length - there.size).toBe(did.artifacts.files)
      expect(there).toEqual(await pointedAt(store))
      const rows = await store.database.selectFrom('attempt_artifacts').selectAll().execute()
      for (const row of rows) {
        if (row.removed === null) continue
        expect(row).toMatchObject({ removed: now, removed_by: expect.stringMatching(/: \S+/) })
        expect(nothing.running.has(row.run) || nothing.pinned.has(row.run)).toBe(false)
      }
      // Who kept its logs kept what it booted.
      for (const { run, cell, attempt, name, removed } of rows) {
        if (classOf(name) !== 'logs' || removed !== null) continue
        const files = rows.filter((row) => row.run === run && row.cell === cell && row.attempt === attempt)
        expect(files.filter((row) => classOf(row.name) === 'images' && row.removed !== null)).toEqual([])
        const { kernel_build: build } = await store.database
          .selectFrom('cells')
          .select('kernel_build')
          .where('run', '=', run)
          .where('number', '=', cell)
          .executeTakeFirstOrThrow()
        expect(await usableBuild(store, build!)).toBeDefined()
      }
      const again = await collect(store, now)
      expect([again.removals, again.artifacts]).toEqual([[], { files: 0, bytes: 0 }])
      await store.close()
      await rm(store.folder, { recursive: true })
    }),
    { numRuns: 40 },
  )
})
