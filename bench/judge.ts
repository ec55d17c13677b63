import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

/** What it costs to judge one attempt. */
export interface JudgeRow {
  what: string
  /** Megabytes (10^6 bytes) a second, the start of the thread included. */
  megabytesPerSecond: number
  /** Megabytes for each second that the process had a core. */
  perCore: number
  /** Resident memory at most, over what it was before, MiB. */
  overIdleMiB: number
  /** Seconds by which a heartbeat of each second was late, at most. */
  latestBeat: number
  /** What the attempt was judged to be. */
  sentence: string
}

const start = [
  'Booting Linux on physical CPU 0x0000000000 [0x410fd083]',
  'Linux version 6.18.5 (a@b) (gcc) #1 SMP PREEMPT',
]
const chatter = (n: number): string[] => [
  `virtio_net virtio${n % 7}: queue ${n} is waiting for ${(n * 7919) % 100_003} buffers of ${n % 4096} bytes`,
]
const stall = (n: number): string[] => [
  'rcu: INFO: rcu_preempt self-detected stall on CPU',
  `rcu: \t0-....: (${n} ticks this GP) idle=2b64/1/0x4000000000000002 softirq=23/23 fqs=2625`,
  'CPU: 0 UID: 0 PID: 1 Comm: init Not tainted 6.18.5 #1 PREEMPT',
  'pc : spin_here+0x10/0x20',
  'Call trace:',
  ' spin_here+0x10/0x20 (P)',
  ' kernel_init+0x24/0x1e0',
  ' ret_from_fork+0x10/0x20',
]

/** Judges consoles of `bytes` bytes as the worker does when a boot has ended, each in a process of its own. */
export async function judgeThroughput(bytes = 2 ** 30): Promise<JudgeRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-bench-'))
  try {
    return [
      await judged('what a kernel says that runs for long', folder, bytes, chatter),
      await judged('RCU stalls, one behind the other', folder, bytes, stall),
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function judged(
  what: string,
  folder: string,
  bytes: number,
  says: (n: number) => readonly string[],
): Promise<JudgeRow> {
  const file = join(folder, 'uart0.raw')
  await write(file, bytes, says)
  const { stdout } = await execa(process.execPath, [join(import.meta.dirname, 'judge-process.ts'), file])
  return { what, ...(JSON.parse(stdout) as Omit<JudgeRow, 'what'>) }
}

async function write(file: string, bytes: number, says: (n: number) => readonly string[]): Promise<void> {
  const handle = await open(file, 'w')
  const stamped = (n: number) => (message: string) => `[${(n / 1000).toFixed(6).padStart(12)}] ${message}\r\n`
  let text = start.map(stamped(0)).join('')
  for (let n = 0, size = 0; size < bytes; n++) {
    text += says(n).map(stamped(n)).join('')
    if (text.length < 1_000_000) continue
    await handle.write(text, null, 'latin1')
    size += text.length
    text = ''
  }
  await handle.close()
}
