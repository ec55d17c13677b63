import type { PduSpec } from '../../../domain/lab/pdu-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { commandOutlet } from './command-outlet.ts'
import { httpOutlet } from './http-outlet.ts'
import { pdudaemonOutlet } from './pdudaemon-outlet.ts'
import type { Outlet } from './power.ts'
import { snmpOutlet } from './snmp-outlet.ts'

/**
 * The outlet of a PDU, by the PDU's own way; nothing is asked yet.
 * @param link gives the host of a PDU that is switched by commands
 * @throws LabError PlaceBroken when the PDU's profile or host is not known
 */
export function openOutlet(pdu: PduSpec, outlet: string, link: (host: string) => HostLink): Outlet {
  switch (pdu.kind) {
    case 'snmp':
      return snmpOutlet(pdu, outlet)
    case 'http':
      return httpOutlet(pdu, outlet)
    case 'pdudaemon':
      return pdudaemonOutlet(pdu, outlet)
    case 'command':
      return commandOutlet(pdu, outlet, link(pdu.host))
  }
}
