import { loadClientConnectConfig } from '@temporalio/envconfig'
import type { NativeConnectionOptions } from '@temporalio/worker'
import { LabError } from '../domain/errors.ts'

/** A Temporal server that does not answer for so long is out of reach: the SDK alone would wait for 10 s. */
export const connectMs = 4_000

/** Which Temporal server to use, and who says so. */
export type ServerSettings =
  | { kind: 'configured'; address: string; connection: NativeConnectionOptions; namespace: string }
  | { kind: 'own'; namespace: string; ui: boolean }

/**
 * Temporal's own settings (TEMPORAL_* variables, profiles of temporal.toml) decide; where they name no address, hyplab
 * runs a dev server of its own, whose web UI is off unless HYPLAB_TEMPORAL_UI asks for it.
 * @throws LabError ServerUnreachable when the settings cannot be read.
 */
export function serverSettings(): ServerSettings {
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig()
    if (connectionOptions.address === undefined) return { kind: 'own', namespace: 'hyplab', ui: wantsUi() }
    return {
      kind: 'configured',
      address: connectionOptions.address,
      connection: connectionOptions,
      namespace: namespace ?? 'default',
    }
  } catch (error) {
    throw new LabError('ServerUnreachable', `The Temporal settings cannot be read: ${(error as Error).message}.`, {
      cause: error,
    })
  }
}

/** The web UI serves whatever browser comes, and checks less than the server does: it is there for who asks for it. */
function wantsUi(env: NodeJS.ProcessEnv = process.env): boolean {
  return !['', '0', 'false'].includes(env['HYPLAB_TEMPORAL_UI'] ?? '')
}
