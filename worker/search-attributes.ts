import { Connection } from '@temporalio/client'
import { LabError } from '../domain/errors.ts'
import { searchAttributes } from '../domain/naming.ts'
import { acceptsConnections } from '../host/accepts-connections.ts'
import { connectMs, type ServerSettings } from '../control/server-settings.ts'

/** temporal.api.enums.v1.IndexedValueType: KEYWORD. */
const keyword = 2
/** ALREADY_EXISTS of gRPC: another service registered them first. */
const alreadyExists = 6

/**
 * Registers our search attributes on a configured server; our own dev server gets them as flags.
 * @throws LabError ServerUnreachable when the server does not answer or forbids it.
 */
export async function registerSearchAttributes(settings: ServerSettings & { kind: 'configured' }): Promise<void> {
  const unreachable = async (error: unknown): Promise<never> => {
    const why = await whyUnreachable(settings.address, error)
    throw new LabError('ServerUnreachable', `The Temporal server at ${settings.address} ${why}.`, { cause: error })
  }
  const connection = await Connection.connect({ ...settings.connection, connectTimeout: connectMs }).catch(unreachable)
  const attributes = Object.fromEntries(Object.keys(searchAttributes).map((name) => [name, keyword]))
  try {
    await connection.operatorService.addSearchAttributes({
      namespace: settings.namespace,
      searchAttributes: attributes,
    })
  } catch (error) {
    if ((error as { code?: number }).code !== alreadyExists) await unreachable(error)
  } finally {
    await connection.close()
  }
}

/**
 * A connection that was not made in time has no code of gRPC, or says DEADLINE_EXCEEDED, also where a server hangs up because
 * it wants TLS, or another certificate: only that it takes connections tells that it is there.
 */
async function whyUnreachable(address: string, error: unknown): Promise<string> {
  const { code, message } = error as { code?: number; message: string }
  if (code !== undefined && code !== 4) return `refused: ${message}`
  const within = `within ${connectMs / 1_000} s`
  if (await acceptsConnections(address, 1_000))
    return `takes connections, but would not speak with us ${within}: see TEMPORAL_TLS and the variables beside it`
  return `did not answer ${within}: see TEMPORAL_ADDRESS`
}
