import { readFile } from 'node:fs/promises'
import { parseConfig } from '../builds/kernel/config-text.ts'
import type { Shown } from '../domain/attempt.ts'
import { kernelLogFile, kernelLogName } from '../domain/console/with-kernel-log.ts'
import { LabError } from '../domain/errors.ts'
import { configWanted } from '../domain/probes/registry.ts'
import type { TargetRecord } from '../domain/records/record.ts'
import { parseSystemMap } from '../domain/smc/system-map.ts'
import { artifactPath } from '../store/artifacts.ts'
import type { AttemptEnd } from '../store/attempt.ts'
import type { Build } from '../store/builds.ts'
import type { AttemptDetail } from '../store/details.ts'
import { requireKept } from '../store/keeping/removed.ts'
import type { Store } from '../store/store.ts'
import { RecordExchange } from '../targets/exchange.ts'
import { labLogName } from '../targets/lab-log.ts'
import { recordChannel } from '../targets/lines.ts'
import { heardOf, readCalls } from './attempt-files.ts'
import { labShown } from './lab-shown.ts'

/**
 * What a stored attempt showed, read again from its raw files: the same that was judged when it ended.
 * @throws LabError BadInput when the attempt has not ended; NotFound when its logs were removed by a rule; SourceMissing when a
 * file of it is gone from the store.
 */
export async function readShown(store: Store, detail: AttemptDetail): Promise<Shown> {
  const { id, end } = detail.attempt
  if (!end) throw new LabError('BadInput', `Attempt ${id} has not ended: there is nothing to judge yet.`)
  requireKept(detail.attempt, 'logs', 'records')
  return { ...(await readKept(store, id, end.artifacts, detail)), host: end.host }
}

/**
 * What the kept files of an attempt show; how its host saw it is for the caller to say.
 * @throws LabError SourceMissing when a file of it is gone from the store.
 */
export async function readKept(
  store: Store,
  id: string,
  kept: Kept,
  { cell, kernel }: Pick<AttemptDetail, 'cell' | 'kernel'>,
): Promise<Omit<Shown, 'host'>> {
  const { cmdline, modules, probes, target } = cell.cell
  const raw = await readConsoles(store, id, kept)
  const smc = await readTrace(store, kept, kernel)
  const lab = await readArtifact(store, id, kept, labLogName)
  return {
    asked: { cmdline, config: await readConfig(store, kernel, probes), modules },
    ...heardOf(raw, await readArtifact(store, id, kept, kernelLogFile), await readRecords(store, id, kept, raw)),
    ...labShown(target, lab),
    ...(smc === undefined ? {} : { smc }),
  }
}

type Kept = AttemptEnd['artifacts']

async function readTrace(store: Store, kept: Kept, kernel: Build | null): Promise<Shown['smc']> {
  const trace = kept.find(({ name }) => name === 'smc')
  if (!trace) return undefined
  const map = kernel?.products.find(({ name }) => name === 'System.map')
  const text = map && (await readFile(artifactPath(store, map.sha256), 'utf8').catch(() => undefined))
  return await readCalls(artifactPath(store, trace.sha256), text === undefined ? undefined : parseSystemMap(text))
}

async function readConsoles(store: Store, id: string, kept: Kept): Promise<Map<string, Uint8Array>> {
  const names = kept
    .flatMap(({ name }) => /^console\/([^.]+)$/.exec(name)?.[1] ?? [])
    .filter((name) => name !== recordChannel && name !== kernelLogName)
  const files = await Promise.all(
    names.map(async (name) => [name, await readArtifact(store, id, kept, `console/${name}`)] as const),
  )
  return new Map(files.flatMap(([name, bytes]) => (bytes ? [[name, bytes] as const] : [])))
}

async function readRecords(
  store: Store,
  id: string,
  kept: Kept,
  consoles: Map<string, Uint8Array>,
): Promise<TargetRecord[]> {
  const exchange = new RecordExchange([recordChannel, ...consoles.keys()])
  // Lost attempts of before 2026-12 have it among their consoles.
  const channel =
    (await readArtifact(store, id, kept, 'records')) ??
    (await readArtifact(store, id, kept, `console/${recordChannel}`))
  if (channel) exchange.feed(recordChannel, channel)
  for (const [name, bytes] of consoles) exchange.feed(name, bytes)
  return exchange.end().records
}

/** Undefined where the attempt kept no such file: it broke before there was one. */
async function readArtifact(store: Store, id: string, kept: Kept, name: string): Promise<Uint8Array | undefined> {
  const artifact = kept.find((one) => one.name === name)
  if (!artifact) return undefined
  return await readFile(artifactPath(store, artifact.sha256)).catch((cause: unknown) => {
    throw new LabError('SourceMissing', `${name} of attempt ${id} is gone from the store: it cannot be judged again.`, {
      cause,
    })
  })
}

async function readConfig(store: Store, kernel: Build | null, probes: string[]): Promise<Record<string, string>> {
  const product = kernel?.products.find(({ name }) => name === 'config')
  // A cell whose kernel build has gone is judged by what its consoles say.
  const text = product && (await readFile(artifactPath(store, product.sha256), 'utf8').catch(() => undefined))
  if (text === undefined) return {}
  const config = parseConfig(text, 'config')
  return Object.fromEntries(configWanted(probes).map((symbol) => [symbol, config.get(symbol) ?? 'n']))
}
