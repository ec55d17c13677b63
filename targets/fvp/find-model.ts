import { LabError } from '../../domain/errors.ts'
import type { Model } from '../../domain/lab/inventory.ts'
import { FileMemo } from '../../host/file-memo.ts'
import { Here } from './here.ts'
import type { ModelHost } from './model-host.ts'

/** A model that is there. */
export interface FoundModel {
  /** The program, as its host sees it. */
  path: string
  /** What stands in brackets behind `Fast Models`, e.g. `11.31.28 (Mar  2 2026)`. */
  version: string
  /** What named it: `FVP_BIN`, or the lab. */
  by: 'FVP_BIN' | 'the lab'
}

/** How long `--version` may take, seconds: a model loads some hundred megabytes of libraries before it says it. */
const versionWithin = 60

const instruction =
  "Arm gives the model away under its own licence: get `FVP_Base_RevC-2xAEMvA` from Arm's page of Fixed Virtual " +
  'Platforms, unpack it, and name the program itself, e.g. .../models/Linux64_GCC-9.3/FVP_Base_RevC-2xAEMvA'

const versions = new FileMemo<string>()

/**
 * The model of a place: FVP_BIN of this process where the place is of this host, else what the lab says, a path or a name
 * on PATH. It is asked for its version, so that what is no Fast Model is found before a boot.
 * @throws LabError PlaceBroken when it is missing, with what to do, or when it is another program; the signal's reason
 */
export async function findModel(
  model: Pick<Model, 'binary'>,
  host: ModelHost,
  signal: AbortSignal,
): Promise<FoundModel> {
  const here = host instanceof Here
  const own = here ? process.env['FVP_BIN'] : undefined
  const [named, by] = own ? ([own, 'FVP_BIN'] as const) : ([model.binary, 'the lab'] as const)
  const path = await host.find(named)
  if (path === undefined) {
    const how = here ? `set FVP_BIN or put it on PATH` : `say its path in the lab's file, or put it on PATH there`
    const sentence = `There is no model ${named} on ${host.name} (named by ${by}). ${instruction}; then ${how}.`
    throw new LabError('PlaceBroken', sentence)
  }
  const ask = (): Promise<string> => askVersion(path, host, signal)
  if (!here) return { path, by, version: await ask() }
  const version = await versions.of(path, 'version', ask).catch((error: unknown) => {
    signal.throwIfAborted()
    if (error instanceof LabError) throw error
    // It was another attempt that asked, and that was cancelled.
    return ask()
  })
  return { path, by, version }
}

/** LAVA knows a model by the same words. */
const fastModels = /Fast Models \[([^\]\n]+)\]/

async function askVersion(path: string, host: ModelHost, signal: AbortSignal): Promise<string> {
  const { code, said } = await host.ask([path, '--version'], versionWithin, signal)
  const version = fastModels.exec(said)?.[1]
  if (version !== undefined) return version
  const words =
    said
      .trim()
      .split(/\s*\n\s*/)
      .slice(-5)
      .join(' / ') || 'nothing'
  const sentence = `${path} on ${host.name} is no Fast Model that works: asked for its --version it said ${words} (code ${code}).`
  throw new LabError('PlaceBroken', sentence, { retryable: true })
}
