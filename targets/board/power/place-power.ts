import type { Inventory, LabPlace } from '../../../domain/lab/inventory.ts'
import { LabError } from '../../../domain/errors.ts'
import type { HostLinks } from '../../hosts/host-links.ts'
import { openOutlet } from './open-outlet.ts'
import { createPowerSwitch } from './power-switch.ts'
import type { PowerSwitch } from './power.ts'

/**
 * The power of a place of a lab, as its file describes it; nothing is asked yet.
 * @param folder the state folder
 * @throws LabError PlaceBroken when the place hangs on no outlet, or on one whose PDU is not known
 */
export function powerOfPlace(lab: Inventory, place: LabPlace, links: HostLinks, folder: string): PowerSwitch {
  const { power } = place
  const pdu = power && lab.pdus[power.pdu]
  if (power === undefined || pdu === undefined) {
    const why = power === undefined ? 'has no power' : `hangs on PDU ${power.pdu}, which the lab does not have`
    throw new LabError('PlaceBroken', `Place ${place.name} (${power?.at ?? place.at}) ${why}: it cannot be switched.`)
  }
  return createPowerSwitch({
    pdu,
    outlet: power.outlet,
    driver: openOutlet(pdu, power.outlet, (host) => links.link(host)),
    shortestOff: place.limits.shortestOff,
    folder,
  })
}
