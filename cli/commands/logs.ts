import { createReadStream } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type { Command } from 'commander'
import { LabError } from '../../domain/errors.ts'
import { artifactPath } from '../../store/artifacts.ts'
import type { Attempt } from '../../store/attempt.ts'
import { attemptDetail } from '../../store/details.ts'
import { requireFile, requireKept } from '../../store/keeping/removed.ts'
import type { Store } from '../../store/store.ts'
import { recordChannel } from '../../targets/lines.ts'
import { askService } from '../../control/ask-service.ts'
import type { Context } from '../context.ts'
import { onInterrupt } from '../interrupt.ts'
import { newestAttempt } from '../newest-attempt.ts'
import { nobodyWorksOn } from '../service.ts'
import { withStore } from '../with-store.ts'

interface LogsOptions {
  /** The usual one when left out. */
  console?: string
  follow?: boolean
}

/** How often a growing console is looked at. */
const everyMs = 50

/** `logs ATTEMPT`: the raw bytes of a console, as they were captured; `-f` goes on while the attempt runs. */
export function defineLogs(command: Command, context: () => Context): void {
  command
    .option('-c, --console <name>', 'which console, e.g. uart1 (S-EL1); uart0 or else the first when left out')
    .option('-f, --follow', 'go on while the attempt runs')
    .action(async (text = 'latest', options: LogsOptions) => {
      await withStore(context().folders, async (store) => {
        const { attempt } = await newestAttempt(store, text)
        requireKept(attempt, 'logs')
        if (context().json)
          return context().printJson({ schemaVersion: 1, attempt: attempt.id, files: consolesOf(store, attempt) })
        if (attempt.end) return await writeKept(store, attempt, options.console)
        await writeLive(store, attempt, options)
      })
    })
}

function consolesOf(store: Store, attempt: Attempt): { name: string; path: string; bytes: number }[] {
  return (attempt.end?.artifacts ?? [])
    .filter(({ name }) => name.startsWith('console/'))
    .map(({ name, sha256, size }) => ({
      name: name.slice('console/'.length),
      path: artifactPath(store, sha256),
      bytes: size,
    }))
}

async function writeKept(store: Store, attempt: Attempt, console: string | undefined): Promise<void> {
  const files = consolesOf(store, attempt)
  const names = files.map(({ name }) => name)
  const wanted = console ?? usualConsole(names)
  const file = files.find(({ name }) => name === wanted)
  if (!file) throw noSuchConsole(attempt, wanted, names)
  const kept = attempt.end?.artifacts.find(({ name }) => name === `console/${wanted}`)
  if (kept) requireFile(store, attempt.id, kept)
  await pipeline(createReadStream(file.path), process.stdout, { end: false })
}

/** Writes what a console of a running attempt has said so far, and with `follow` what it says from then on. */
export async function writeLive(store: Store, attempt: Attempt, { console, follow }: LogsOptions): Promise<void> {
  const folder = join(attempt.folder, 'consoles')
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => name.endsWith('.raw'))
    .map((name) => name.slice(0, -4))
  const wanted = console ?? usualConsole(names)
  const file = await open(join(folder, `${wanted}.raw`)).catch(() => undefined)
  if (!file) throw noSuchConsole(attempt, wanted, names)
  const service = follow ? await askService(store.folder, 'status') : undefined
  const stop = new AbortController()
  const release = onInterrupt(() => stop.abort())
  try {
    // The descriptor stays good when the attempt ends and its folder goes: nothing that was captured is missed.
    for (;;) {
      const isDead = service?.ended.aborted ?? true
      const over = await isOver(store, attempt)
      for (;;) {
        const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(65_536) })
        if (bytesRead === 0) break
        process.stdout.write(buffer.subarray(0, bytesRead))
      }
      if (over || !follow || stop.signal.aborted) return
      if (isDead) throw await nobodyWorksOn(attempt.run, store.folder)
      await delay(everyMs, undefined, { signal: stop.signal }).catch(() => {})
    }
  } finally {
    release()
    await service?.close()
    await file.close()
  }
}

/** The first UART, where kernels speak, whatever the target calls it: `uart0`, or `terminal_0` of a model. */
function usualConsole(names: readonly string[]): string {
  return names.includes('uart0') ? 'uart0' : (names.toSorted().find((name) => name !== recordChannel) ?? 'uart0')
}

async function isOver(store: Store, { run, cell, number }: Attempt): Promise<boolean> {
  return (await attemptDetail(store, { run, cell, number })).attempt.end !== null
}

function noSuchConsole(attempt: Attempt, console: string, names: string[]): LabError {
  const there = names.length === 0 ? 'none was captured' : `there is ${names.join(', ')}`
  return new LabError('BadInput', `Attempt ${attempt.id} has no console ${console}; ${there}.`)
}
