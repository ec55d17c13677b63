// Collects garbage in a state folder as of a time; says when it begins and when it is done.
import { join } from 'node:path'
import { collectGarbage } from '../../../activities/keeping/collect-garbage.ts'
import { openStore } from '../../../store/store.ts'

const [state = '', now = ''] = process.argv.slice(2)
const store = await openStore(state)
console.log('begins')
const folders = { state, cache: join(state, 'cache') }
await collectGarbage({ folders, store }, { now: Number(now), signal: new AbortController().signal, onWait: () => {} })
console.log('done')
await store.close()
