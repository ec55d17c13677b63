import { Connection } from '@temporalio/client'
import { LabError } from '../domain/errors.ts'
import { searchAttributes } from '../domain/naming.ts'
import type { ServerSettings } from './server-settings.ts'

/** temporal.api.enums.v1.IndexedValueType: KEYWORD. */
const keyword = 2
/** ALREADY_EXISTS of gRPC: another service registered them first. */
const alreadyExists = 6

/**
 * Registers our search attributes on a configured server; our own dev server gets them as flags.
 * @throws LabError ServerUnreachable when the server does not answer or forbids it.
 */
export async function registerSearchAttributes(settings: ServerSettings & { kind: 'configured' }): Promise<void> {
  const unreachable = (error: unknown): never => {
    throw new LabError(
      'ServerUnreachable',
      `The Temporal server at ${settings.address} refused: ${(error as Error).message}.`,
      { cause: error },
    )
  }
  const connection = await Connection.connect({ ...settings.connection }).catch(unreachable)
  const attributes = Object.fromEntries(Object.keys(searchAttributes).map((name) => [name, keyword]))
  try {
    await connection.operatorService.addSearchAttributes({
      namespace: settings.namespace,
      searchAttributes: attributes,
    })
  } catch (error) {
    if ((error as { code?: number }).code !== alreadyExists) unreachable(error)
  } finally {
    await connection.close()
  }
}
