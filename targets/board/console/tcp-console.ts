import { ser2netSentences, ServerSentence } from '../../../domain/console/server-sentence.ts'
import type { ConsoleSpec } from '../../../domain/lab/console-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { attach, settleMs } from './attach.ts'
import { nameOfServer } from './console-fault.ts'
import type { ConsoleServer, ConsoleSource } from './console-source.ts'
import { dial } from './dial.ts'
import { telnetWay } from './telnet-way.ts'

const asTheyAre = (bytes: Uint8Array): Uint8Array => bytes

/**
 * A UART behind a TCP port: ser2net or any other server, `raw` or `telnet`.
 * @param link the host that the server is dialled from; undefined for this machine
 */
export function tcpConsole(spec: Extract<ConsoleSpec, { kind: 'tcp' }>, link?: HostLink): ConsoleSource {
  const server: ConsoleServer = {
    address: spec.address,
    port: spec.port,
    ...(link === undefined ? {} : { via: link.name }),
  }
  return {
    server,
    open: async (signal) => {
      const connection = await dial(server, link, signal)
      const way =
        spec.protocol === 'telnet' ? telnetWay(connection, spec.speed) : { decode: asTheyAre, encode: asTheyAre }
      const who = nameOfServer(server)
      return await attach(
        connection,
        { who, server, filter: new ServerSentence(ser2netSentences), settleMs, ...way },
        signal,
      )
    },
  }
}
