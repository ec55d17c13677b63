// Writes attempts 1, 2, 3, ... of one cell and an event after each, and says the number of each that is written.
// With `die-at N` it kills itself, as kill -9 does, before the Nth insert of the next transaction.
import type { KyselyPlugin } from 'kysely'
import { finishAttempt } from '../../../store/attempts.ts'
import { addEvent } from '../../../store/events.ts'
import { openStore, type Store } from '../../../store/store.ts'
import { noon, sampleEnd, sampleStart } from '../samples.ts'

const [folder = '', run = '', cell = '', count = '', dieAt = ''] = process.argv.slice(2)
const store = await openStore(folder)
const end = await sampleEnd(store, 4, `${run}.${cell}`)
for (let number = 1; number <= Number(count); number++) {
  const key = { run: Number(run), cell: Number(cell), number }
  const last = number === Number(count) && dieAt !== ''
  await finishAttempt(last ? mortal(store, Number(dieAt)) : store, sampleStart(key), end)
  await addEvent(store, { run: key.run, time: noon, kind: 'ended', cell: key.cell, attempt: number, data: null })
  console.log(number)
}
await store.close()

function mortal(whole: Store, inserts: number): Store {
  let left = inserts
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      if (node.kind === 'InsertQueryNode' && --left === 0) process.kill(process.pid, 'SIGKILL')
      return node
    },
    transformResult: async ({ result }) => result,
  }
  return { ...whole, database: whole.database.withPlugin(plugin) }
}
