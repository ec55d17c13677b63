import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { LineReader } from '../domain/console/line-reader.ts'
import { anySignature, matchSignatures } from '../domain/signatures/match.ts'
import { startGuarded } from '../host/guarded-process.ts'
import { capture } from '../targets/capture.ts'
import { FifoChannel, withPipes } from '../targets/qemu/fifo-channel.ts'
import { BootFollower } from '../targets/follow.ts'
import { StageFollower } from '../domain/stage/stage-follower.ts'

/** One line of the comparison. */
export interface ThroughputRow {
  what: string
  /** Megabytes (10^6 bytes) a second on one core. */
  megabytesPerSecond: number
  /** Lines that match a signature. grep misses the kernel's first line where EDK2 left escape sequences before it. */
  matches?: number
  /** Highest resident memory in MiB while it ran; absent for other processes. */
  peakMiB?: number
}

const consoles = join(import.meta.dirname, '../test/fixtures/consoles')

/**
 * Reads one file of `bytes` bytes, made of the real consoles of the tests again and again, through framing, signatures
 * and stages, and gives the same file and the same patterns to `grep -E`. Returns one row for each.
 */
export async function consoleThroughput(bytes = 1_000_000_000): Promise<ThroughputRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-bench-'))
  try {
    const file = join(folder, 'console.log')
    const size = await repeatConsoles(file, bytes)
    const ours = [await follow(file, size), await captureAndFollow(file, size, folder)]
    const bytewise = await grep(file, size, 'C')
    const locale = await grep(file, size, 'C.UTF-8')
    return [...ours, bytewise, locale]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function repeatConsoles(file: string, bytes: number): Promise<number> {
  const names = (await readdir(consoles)).filter((name) => name.endsWith('.log'))
  const round = Buffer.concat(await Promise.all(names.map((name) => readFile(join(consoles, name)))))
  const handle = await open(file, 'w')
  let size = 0
  for (; size < bytes; size += round.length) await handle.write(round)
  await handle.close()
  return size
}

async function follow(file: string, size: number): Promise<ThroughputRow> {
  const reader = new LineReader()
  const follower = new StageFollower()
  let matches = 0
  let peak = 0
  const start = performance.now()
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 })) {
    for (const line of reader.push(chunk as Buffer)) {
      const match = matchSignatures(line)
      if (!match) continue
      matches++
      follower.line('uart0', line, match)
    }
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  const seconds = (performance.now() - start) / 1000
  const what = `hyplab: read, frame, signatures, stages (${follower.boot} boots)`
  return { what, megabytesPerSecond: size / 1e6 / seconds, matches, peakMiB: peak / 2 ** 20 }
}

/** The same as in a boot: from QEMU's pipe to the disk first, then through everything. */
async function captureAndFollow(file: string, size: number, folder: string): Promise<ThroughputRow> {
  const opened = 'exec 5<>uart0.out 6<>uart0.in; echo opened >&4; '
  const { command, args } = withPipes(folder, ['uart0'], ['sh', '-c', `${opened} cat "$0" >&5`, file])
  const qemu = startGuarded(command, args, { cwd: folder, channels: 1 })
  await once(qemu.channels[0]!, 'data')
  const follower = new BootFollower(['uart0'])
  let peak = 0
  const start = performance.now()
  const channel = new FifoChannel(join(folder, 'uart0'))
  const kept = capture(folder, 'uart0', channel, (chunk) => {
    follower.bytes('uart0', chunk)
    peak = Math.max(peak, process.memoryUsage.rss())
  })
  await kept.closed
  const seconds = (performance.now() - start) / 1000
  if (kept.bytes !== size) throw new Error(`${kept.bytes} of ${size} bytes were captured`)
  const what = 'hyplab: pipe, disk, then the same'
  return { what, megabytesPerSecond: size / 1e6 / seconds, peakMiB: peak / 2 ** 20 }
}

async function grep(file: string, size: number, locale: string): Promise<ThroughputRow> {
  const start = performance.now()
  const { stdout } = await execa('grep', ['-acE', extendedPattern(), file], { env: { LC_ALL: locale } })
  const seconds = (performance.now() - start) / 1000
  return { what: `grep -E, LC_ALL=${locale}`, megabytesPerSecond: size / 1e6 / seconds, matches: Number(stdout) }
}

/** The catalogue's patterns with the printk prefix before them, in the POSIX syntax of grep; consoles end lines with CR LF. */
function extendedPattern(): string {
  const patterns = anySignature
    .replaceAll('(?:', '(')
    .replaceAll(String.raw`[^\]]`, '[^]]')
    .replaceAll(String.raw`\/`, '/')
    .replaceAll(String.raw`\d`, '[0-9]')
    .replaceAll('*?', '*')
    .replaceAll('$', '\r?$')
  const prefix = String.raw`((<[0-9]+>)?\[ *[0-9]+\.[0-9]{6}\](\[ *[TC][0-9]+[^]]*\])? ?)?`
  return `^${prefix}(${patterns})`
}
