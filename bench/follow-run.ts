// Follows a run as `hyplab watch` does; prints, as JSON, what that cost in seconds of processor and how many events there were.
import { followRun } from '../cli/follow.ts'
import { openStore } from '../store/store.ts'

const store = await openStore(process.argv[2] ?? '')
const before = process.cpuUsage()
let events = 0
for await (const _event of followRun(store, Number(process.argv[3]), AbortSignal.timeout(600_000))) events++
const { user, system } = process.cpuUsage(before)
await store.close()
console.log(JSON.stringify({ seconds: (user + system) / 1e6, events }))
