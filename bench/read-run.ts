// In a process that has loaded nothing yet, as `hyplab show` starts: prints milliseconds, as JSON, to open the store and to read a run.
const started = performance.now()
const { openStore } = await import('../store/store.ts')
const { runDetail } = await import('../store/details.ts')
const ours = performance.now()
await import('kysely')
const loaded = performance.now()
const store = await openStore(process.argv[2] ?? '')
const opened = performance.now()
await runDetail(store, Number(process.argv[3]))
const read = performance.now()
await store.close()
console.log(
  JSON.stringify({
    'load our modules': ours - started,
    'load kysely': loaded - ours,
    'open the store': opened - loaded,
    runDetail: read - opened,
  }),
)
