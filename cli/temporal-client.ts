import type { Client } from '@temporalio/client'
import { connectMs } from '../control/server-settings.ts'
import { LabError } from '../domain/errors.ts'
import type { ServiceFacts } from '../control/service-file.ts'

/**
 * A client of the service's Temporal server, for the time of `use`. Loaded only by the commands that talk to the
 * server: it costs more time than all the rest of them.
 * @throws LabError ServerUnreachable.
 */
export async function withClient<T>(facts: ServiceFacts, use: (client: Client) => Promise<T>): Promise<T> {
  const { Client, Connection } = await import('@temporalio/client')
  const { serverSettings } = await import('../control/server-settings.ts')
  const settings = serverSettings()
  const to = settings.kind === 'configured' ? settings.connection : { address: facts.address }
  const options = { ...to, connectTimeout: connectMs }
  const connection = await Connection.connect(options).catch((error: Error) => {
    throw new LabError(
      'ServerUnreachable',
      `The Temporal server at ${facts.address} does not answer: ${error.message}.`,
      { cause: error },
    )
  })
  try {
    return await use(new Client({ connection, namespace: facts.namespace }))
  } finally {
    await connection.close()
  }
}
