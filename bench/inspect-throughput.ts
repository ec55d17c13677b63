import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { LogReader } from '../domain/inspect/log-reader.ts'
import { openInput } from '../host/input-file.ts'
import { run } from '../host/run.ts'

/** One line of the result. */
export interface InspectRow {
  what: string
  /** Megabytes (10^6 bytes), unpacked, a second. */
  megabytesPerSecond: number
  /** User time of this process alone, on one core: what a machine with nothing else to do would take. */
  perCore: number
  boots: number
  /** Resident memory in MiB after the first tenth of the file, and at most. */
  startMiB: number
  peakMiB: number
}

const console = join(import.meta.dirname, '../test/fixtures/consoles/linux-7.3.4-ffa-builtin-pkvm-edk2.uart0.log')

/** What a kernel says that runs for long; the numbers make each line another one. */
const chatter = [
  (n: number) => `usb 1-1: new high-speed USB device number ${n % 127} using xhci_hcd`,
  (n: number) => `EXT4-fs (sda${n % 9}): mounted filesystem with ordered data mode. Quota mode: none.`,
  (n: number) => `audit: type=1400 audit(1700000000.123:${n}): avc:  denied  { read } for  pid=${n % 9999} comm="sh"`,
  (n: number) => `systemd[1]: Started Session ${n} of User root.`,
  (n: number) => `e1000e 0000:00:1f.6 eth${n % 4}: NIC Link is Up 1000 Mbps Full Duplex, Flow Control: Rx/Tx`,
]

/** Reads logs of `bytes` bytes as `hyplab inspect` does: one long boot, the same as syslog writes it and packed, and a board that resets for ever. */
export async function inspectThroughput(bytes = 100_000_000): Promise<InspectRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-bench-'))
  try {
    const boot = await readFile(console, 'latin1')
    const long = join(folder, 'long.log')
    await writeLongLog(long, bytes)
    const syslog = join(folder, 'syslog.log')
    await write(
      syslog,
      bytes,
      '',
      (n) => `Nov 22 10:00:${String(n % 60).padStart(2, '0')} host kernel: ${chatterLine(n)}`,
    )
    const resets = join(folder, 'resets.log')
    await write(resets, bytes, '', () => boot)
    await run('gzip', ['-1', '--keep', long])
    return [
      await read('one boot, then runtime', long),
      await read('syslog', syslog),
      await read('boot after boot, initcall_debug', resets),
      await read('one boot, gzip', `${long}.gz`),
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A boot of ours, and `bytes` bytes of what a kernel says that runs for long behind it. */
export async function writeLongLog(file: string, bytes: number): Promise<void> {
  await write(file, bytes, await readFile(console, 'latin1'), chatterLine)
}

function chatterLine(n: number): string {
  const message = chatter[n % chatter.length]!(n)
  return `[${(10 + n / 1000).toFixed(6).padStart(12)}] ${message}\n`
}

async function write(file: string, bytes: number, start: string, line: (n: number) => string): Promise<void> {
  const handle = await open(file, 'w')
  let text = start
  let size = 0
  for (let n = 0; size < bytes; n++) {
    text += line(n)
    if (text.length < 1_000_000) continue
    await handle.write(text, null, 'latin1')
    size += text.length
    text = ''
  }
  await handle.close()
}

async function read(what: string, file: string): Promise<InspectRow> {
  const { head, chunks } = await openInput(file)
  const reader = new LogReader(what, head)
  let bytes = 0
  let startMiB = 0
  let peak = 0
  const start = performance.now()
  const before = process.cpuUsage()
  for await (const chunk of chunks) {
    reader.push(chunk)
    bytes += chunk.length
    const rss = process.memoryUsage.rss()
    peak = Math.max(peak, rss)
    if (bytes < 10_000_000) startMiB = rss / 2 ** 20
  }
  const { bootCount } = reader.end()
  const megabytes = bytes / 1e6
  const seconds = (performance.now() - start) / 1000
  const user = process.cpuUsage(before).user / 1e6
  return {
    what,
    megabytesPerSecond: megabytes / seconds,
    perCore: megabytes / user,
    boots: bootCount,
    startMiB,
    peakMiB: peak / 2 ** 20,
  }
}
