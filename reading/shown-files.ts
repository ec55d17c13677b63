import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { parseConfig } from '../builds/kernel/config-text.ts'
import type { Asked } from '../domain/attempt.ts'
import { LabError } from '../domain/errors.ts'
import { configWanted } from '../domain/probes/registry.ts'
import { artifactPath } from '../store/artifacts.ts'
import type { AttemptEnd } from '../store/attempt.ts'
import type { Build } from '../store/builds.ts'
import type { AttemptDetail } from '../store/details.ts'
import { requireFile, requireKept } from '../store/keeping/removed.ts'
import type { Store } from '../store/store.ts'
import { labLogName } from '../targets/lab-log.ts'
import { recordChannel } from '../targets/lines.ts'

/**
 * The name under which the kernel's own log stands beside the consoles of an attempt, where a console brought it damaged:
 * lines that came whole, and for the others what init gave again. It is a file of the attempt like theirs.
 */
export const kernelLogName = 'kernel-log'
/** The file of an attempt that has it. */
export const kernelLogFile = `console/${kernelLogName}`

/** The files that tell what an attempt showed: absolute paths. All but the consoles are absent where the attempt has none. */
export interface ShownFiles {
  /** What each console said, byte for byte. */
  consoles: { name: string; path: string }[]
  /** What came over a channel that carries records and nothing else. */
  records?: string
  /** The kernel's own log. */
  kernelLog?: string
  /** The trace of SMCs, and the System.map of the kernel that made them. */
  smc?: string
  systemMap?: string
  /** What the lab did meanwhile. */
  lab?: string
}

/**
 * Names the stored files that tell what an attempt showed.
 * @param id of the attempt, e.g. `12.3.1`
 * @param kernel the build that it booted; null where that is gone
 * @throws LabError ArtifactDamaged when a file of it was removed or cut by somebody
 */
export function shownFilesOf(
  store: Pick<Store, 'folder'>,
  id: string,
  kept: AttemptEnd['artifacts'],
  kernel: Build | null,
): ShownFiles {
  const pathOf = (name: string): string | undefined => {
    const artifact = kept.find((one) => one.name === name)
    return artifact && requireFile(store, id, artifact)
  }
  const names = kept
    .flatMap(({ name }) => /^console\/([^.]+)$/.exec(name)?.[1] ?? [])
    .filter((name) => name !== recordChannel && name !== kernelLogName)
  const map = kernel?.products.find(({ name }) => name === 'System.map')
  const systemMap = map && artifactPath(store, map.sha256)
  return {
    consoles: names.map((name) => ({ name, path: pathOf(`console/${name}`)! })),
    ...present({
      // Lost attempts of before 2026-12 have it among their consoles.
      records: pathOf('records') ?? pathOf(`console/${recordChannel}`),
      kernelLog: pathOf(kernelLogFile),
      smc: pathOf('smc'),
      // Where it is gone, calls are told without the functions that made them.
      systemMap: systemMap !== undefined && existsSync(systemMap) ? systemMap : undefined,
      lab: pathOf(labLogName),
    }),
  }
}

function present<Key extends string>(paths: Record<Key, string | undefined>): Partial<Record<Key, string>> {
  const there = Object.entries<string | undefined>(paths).filter(([, path]) => path !== undefined)
  return Object.fromEntries(there) as Partial<Record<Key, string>>
}

/**
 * Names the files of an attempt that has ended.
 * @throws LabError BadInput when it has not; NotFound when its logs were removed by a rule; ArtifactDamaged when
 *   a file of it was removed or cut by somebody
 */
export function storedFiles(store: Pick<Store, 'folder'>, { attempt, kernel }: AttemptDetail): ShownFiles {
  const { id, end } = attempt
  if (!end) throw new LabError('BadInput', `Attempt ${id} has not ended: there is nothing to judge yet.`)
  requireKept(attempt, 'logs', 'records')
  return shownFilesOf(store, id, end.artifacts, kernel)
}

/** What a stored attempt's cell asked for; of a kernel whose build has gone no symbol is known. */
export async function askedOf(
  store: Pick<Store, 'folder'>,
  { cell, kernel }: Pick<AttemptDetail, 'cell' | 'kernel'>,
): Promise<Asked> {
  const { cmdline, modules, probes } = cell.cell
  return { cmdline, modules, config: await readConfig(store, kernel, probes) }
}

async function readConfig(
  store: Pick<Store, 'folder'>,
  kernel: Build | null,
  probes: string[],
): Promise<Record<string, string>> {
  const product = kernel?.products.find(({ name }) => name === 'config')
  const text = product && (await readFile(artifactPath(store, product.sha256), 'utf8').catch(() => undefined))
  if (text === undefined) return {}
  const config = parseConfig(text, 'config')
  return Object.fromEntries(configWanted(probes).map((symbol) => [symbol, config.get(symbol) ?? 'n']))
}
