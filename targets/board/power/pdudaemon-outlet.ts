import type { PduSpec } from '../../../domain/lab/pdu-spec.ts'
import { askPdu } from './http-request.ts'
import type { Outlet } from './power.ts'

/** pdudaemon answers when its job is done, and it tries a job five times, 5 s apart, milliseconds. */
const timeoutMs = 60_000

/**
 * An outlet behind pdudaemon's HTTP listener. It has nothing to read back: it answers 200 when it has taken the request,
 * also when the PDU then did not obey. Its `reboot` is never asked for: an off that comes meanwhile is done first, and
 * the board ends on.
 */
export function pdudaemonOutlet(pdu: PduSpec & { kind: 'pdudaemon' }, outlet: string): Outlet {
  return {
    readsBack: false,
    async set(to, signal) {
      const url = new URL(`${pdu.url.replace(/\/$/, '')}/power/control/${to}`)
      url.search = new URLSearchParams({ hostname: pdu.pdu, port: outlet }).toString()
      await askPdu({ whom: `pdudaemon of PDU ${pdu.name}`, url, method: 'GET', timeoutMs }, signal)
    },
    state: () => Promise.resolve('unknown'),
  }
}
