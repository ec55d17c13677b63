import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Shown } from '../domain/attempt.ts'
import type { ConsoleLog } from '../domain/console/line.ts'
import { readLines } from '../domain/console/line-reader.ts'
import { withoutReplays } from '../domain/console/replays.ts'
import { kernelLogFile, kernelLogName, withKernelLog } from '../domain/console/with-kernel-log.ts'
import { joinParts } from '../domain/records/join-parts.ts'
import { heardLines } from '../domain/records/kernel-log.ts'
import type { TargetRecord } from '../domain/records/record.ts'
import type { SmcCall } from '../domain/smc/call.ts'
import { nameCalls } from '../domain/smc/name-calls.ts'
import { readSmcTrace } from '../domain/smc/read-trace.ts'
import type { SystemMap } from '../domain/smc/system-map.ts'
import { putArtifact } from '../store/artifacts.ts'
import type { AttemptArtifact } from '../store/attempt.ts'
import type { Store } from '../store/store.ts'
import type { KeptConsole } from '../targets/boot-order.ts'
import { fileKept, filesOfAttempt } from '../targets/kept-files.ts'
import { keepKernelLog } from './kernel-log.ts'

/** What of an attempt probes read from its consoles: copies; the raw files stay as they were captured. */
export type Heard = Pick<Shown, 'consoles' | 'records' | 'heard'>

/**
 * Reads the raw consoles of an attempt.
 * @param raw by name
 * @param kernelLog the kernel's own log where a console brought it damaged
 * @param records what init reported, by whatever channel
 */
export function heardOf(
  raw: ReadonlyMap<string, Uint8Array>,
  kernelLog: Uint8Array | undefined,
  records: TargetRecord[],
): Heard {
  const bytes = [...raw, ...(kernelLog ? [[kernelLogName, kernelLog] as const] : [])]
  const consoles = bytes.map(([console, said]): ConsoleLog => ({ console, lines: withoutReplays(readLines(said)) }))
  return {
    consoles: withKernelLog(consoles),
    records: joinParts(records),
    heard: [...raw].map(([console, said]) => heardLines(console, said)),
  }
}

/** The raw consoles in an attempt's folder, and the kernel's own log where it is kept. */
export async function readKeptConsoles(
  folder: string,
  consoles: readonly KeptConsole[],
): Promise<{ raw: Map<string, Uint8Array>; kernelLog: Uint8Array | undefined }> {
  const read = consoles.map(async ({ name, rawPath }) => [name, await readFile(rawPath)] as const)
  const kernelLog = fileKept(folder, kernelLogFile)
  return {
    raw: new Map(await Promise.all(read)),
    kernelLog: kernelLog === undefined ? undefined : await readFile(kernelLog),
  }
}

/** The calls of an SMC trace, named; as far as it goes, for a trace is good up to where it was cut. */
export async function readCalls(path: string, map: SystemMap | undefined): Promise<SmcCall[]> {
  return nameCalls(readSmcTrace(await readFile(path)).calls, map)
}

/** Where `prepareBoot` puts the initrd of an attempt. @param folder the attempt's own */
export function initrdPath(folder: string): string {
  return join(folder, 'initrd')
}

/** Puts the initrd of an attempt into the artifact store, where its folder holds one. */
export async function keepInitrd(store: Store, folder: string): Promise<AttemptArtifact[]> {
  const path = initrdPath(folder)
  return existsSync(path) ? [{ name: 'initrd', world: null, ...(await putArtifact(store, path)) }] : []
}

/**
 * Puts what an attempt's folder holds into the artifact store: consoles, records, trace and whatever else tells of it.
 * @param booted the files that are artifacts already: builds made them, and the initrd
 */
export async function keepAttemptFiles(
  store: Store,
  folder: string,
  booted: AttemptArtifact[],
): Promise<AttemptArtifact[]> {
  await keepKernelLog(folder)
  // All at once: each waits for the disk some times, and the disk syncs them together.
  const kept = filesOfAttempt(folder).map(async ({ name, path, world }) => ({
    name,
    world,
    ...(await putArtifact(store, path)),
  }))
  return [...booted, ...(await Promise.all(kept))]
}
