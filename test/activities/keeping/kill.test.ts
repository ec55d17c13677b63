/** kill -9 in the middle of a collection, again and again: nothing that counts is ever missing, and the last one finishes. */
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { seededRandom } from '../../seeded-random.ts'
import { openStore } from '../../../store/store.ts'
import { startCommand } from '../../store/children/child.ts'
import { noon, temporaryState } from '../../store/samples.ts'
import { artifactsIn, day, makeBuild, makeOld, makeRun, pointedAt } from '../../store/keeping/samples.ts'

const script = fileURLToPath(new URL('collect.ts', import.meta.url))

it(
  'killed in the middle of noting and of removing, a collection leaves every file that a row counts on',
  { timeout: 240_000 },
  async () => {
    const store = await openStore(await temporaryState())
    onTestFinished(async () => {
      await store.close()
      await rm(store.folder, { recursive: true })
    })
    for (const number of [1, 2, 3, 4]) await makeBuild(store, number, noon)
    for (let run = 0; run < 60; run++) {
      const files = { 'console/uart0': `uart ${run}`, 'console/uart1': `other ${run % 7}`, initrd: `initrd ${run % 5}` }
      const attempts = Array.from({ length: 4 }, (_, n) => ({
        ending: 'finished' as const,
        files: { ...files, records: `records ${run} ${n}`, smc: `smc ${run} ${n}` },
      }))
      // Every third one failed, and is kept.
      const cells = [{ verdict: run % 3 === 0 ? ('fail' as const) : ('pass' as const), build: 1 + (run % 4), attempts }]
      await makeRun(store, { plan: `p${run}`, started: noon, ended: true, cells })
    }
    await makeOld(store, noon)
    const now = noon + 100 * day
    const noted = async (): Promise<number> => {
      const rows = await store.database
        .selectFrom('attempt_artifacts')
        .select('name')
        .where('removed', 'is not', null)
        .execute()
      return rows.length
    }
    const files = async (): Promise<number> => -(await artifactsIn(store)).length
    const random = seededRandom(11)
    const killed = { noting: 0, removing: 0 }
    for (let turn = 0; turn < 16; turn++) {
      const what = turn < 8 ? 'noting' : 'removing'
      const [look, most] = what === 'noting' ? [noted, 60] : [files, 12]
      const until = (await look()) + 1 + Math.floor(random() * most)
      const child = startCommand(process.execPath, [script, store.folder, String(now)])
      let over = false
      const ended = child.ended.finally(() => (over = true))
      // In the middle: so far it has come, and no further than it comes until the signal does.
      while (!over && (await look()) < until) await new Promise((resolve) => setImmediate(resolve))
      child.process.kill('SIGKILL')
      if ((await ended).signal === 'SIGKILL') killed[what]++
      const there = new Set(await artifactsIn(store))
      for (const sha256 of await pointedAt(store)) expect(there.has(sha256)).toBe(true)
    }
    const last = startCommand(process.execPath, [script, store.folder, String(now)])
    expect(await last.ended).toMatchObject({ code: 0, stderr: '' })
    expect(new Set(await artifactsIn(store))).toEqual(await pointedAt(store))
    expect(killed.noting).toBeGreaterThan(0)
    expect(killed.removing).toBeGreaterThan(0)
  },
)
