// In a process that has loaded nothing yet, as `hyplab show` starts: milliseconds to open the store and to read a run.
const started = performance.now()
const { openStore } = await import('../../../store/store.ts')
const { runDetail } = await import('../../../store/details.ts')
const ours = performance.now()
await import('kysely')
const loaded = performance.now()
const store = await openStore(process.argv[2] ?? '')
const opened = performance.now()
const { cells } = await runDetail(store, Number(process.argv[3]))
const read = performance.now()
await store.close()
const ms = (from: number, to: number) => `${(to - from).toFixed(1)} ms`
console.log(
  `${cells.length} cells; load our modules ${ms(started, ours)}, load kysely ${ms(ours, loaded)}, ` +
    `open ${ms(loaded, opened)}, runDetail ${ms(opened, read)}`,
)
