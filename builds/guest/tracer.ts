import { join } from 'node:path'
import { buildSmcTrace } from './smc-trace.ts'
import { LabError } from '../../domain/errors.ts'
import type { Folders } from '../../host/folders.ts'

/** The SMC tracer for a boot, or why there is none: what only it can show is then unknown, which is no reason not to boot. */
export type Tracer = { path: string } | { path?: undefined; why: string }

/** For a target whose plan wants none. */
export const untraced: Tracer = { why: 'The plan says so.' }

/** Fetching QEMU's header may take this long on a slow mirror; it happens once on a host, and set-up has mostly done it. */
const longestBuildMs = 120_000
/** After it, what could not be built is tried again. */
const patienceMs = 600_000

let refused: { until: number; why: string } | undefined

/**
 * The tracer that fits this host's QEMU, built if it must be. Only this host's trouble is remembered, and only for a while.
 * @param wanted aborted when nobody wants it any longer
 * @throws the signal's reason when aborted
 */
export async function tracerOf(
  { folders }: { folders: Folders },
  folder: string,
  wanted?: AbortSignal,
): Promise<Tracer> {
  if (refused && Date.now() < refused.until) return { why: refused.why }
  const limit = AbortSignal.timeout(longestBuildMs)
  const signal = wanted ? AbortSignal.any([limit, wanted]) : limit
  try {
    return await buildSmcTrace({ folders, logFile: join(folder, 'smc-trace.log'), signal })
  } catch (error) {
    wanted?.throwIfAborted()
    if (error !== signal.reason && !(error instanceof LabError)) throw error
    const why = error instanceof LabError ? error.message : `It was not built within ${longestBuildMs / 1000} s.`
    refused = { until: Date.now() + patienceMs, why }
    return { why }
  }
}
