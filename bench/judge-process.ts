/** `bench/judge-process.ts CONSOLE`: a process as the worker is judges one attempt; prints what that cost as JSON. */
import { readFileSync, statSync } from 'node:fs'
import { probeGroups } from '../domain/probes/registry.ts'
import { judgeOffLoop } from '../reading/judge-off-loop.ts'
import type { JudgeRow } from './judge.ts'

/** How often a boot beats, and how often memory is looked at, milliseconds. */
const [beatMs, lookMs] = [1_000, 20]

const path = process.argv[2]!
const idle = process.memoryUsage.rss()
let peak = idle
let latest = 0
let beaten = performance.now()
const beat = setInterval(() => {
  const now = performance.now()
  latest = Math.max(latest, now - beaten - beatMs)
  beaten = now
}, beatMs)
const look = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), lookMs)
const before = process.cpuUsage()
const started = performance.now()
const judged = await judgeOffLoop({
  files: { consoles: [{ name: 'uart0', path }] },
  asked: { cmdline: undefined, config: {}, modules: [] },
  target: { kind: 'qemu', name: 'qemu', cpu: 'max', smp: 1, memory: 64 },
  host: { stop: 'silence', reason: 'Nothing was said.' },
  probes: probeGroups,
})
const seconds = (performance.now() - started) / 1000
clearInterval(beat)
clearInterval(look)
const megabytes = statSync(path).size / 1e6
const most = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) * 1024
const row: Omit<JudgeRow, 'what'> = {
  megabytesPerSecond: megabytes / seconds,
  perCore: megabytes / (process.cpuUsage(before).user / 1e6),
  overIdleMiB: (Math.max(peak, most) - idle) / 2 ** 20,
  latestBeat: latest / 1000,
  sentence: judged.sentence,
}
process.stdout.write(JSON.stringify(row))
