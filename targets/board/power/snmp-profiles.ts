import type { SnmpProfile } from '../../../domain/lab/pdu-spec.ts'

/**
 * Makes of PDU that are switched by SNMP. What an outlet is called differs: a number, or for `sentry` its tower, infeed
 * and outlet with dots between. A value that a profile does not list (being switched, no contact, failed) is no state.
 */
export const snmpProfiles: Record<string, SnmpProfile> = {
  /** PowerNet-MIB, sPDUOutletCtl: outletOn(1), outletOff(2); reading it gives the present state. */
  apc: {
    set: '1.3.6.1.4.1.318.1.1.4.4.2.1.3.{outlet}',
    on: 1,
    off: 2,
    get: '1.3.6.1.4.1.318.1.1.4.4.2.1.3.{outlet}',
    readsOn: [1],
    readsOff: [2],
  },
  /** PDU2-MIB, unit 1: switchingOperation off(0), on(1); outletSwitchingState has on(7), off(8). labgrid's raritan.py. */
  raritan: {
    set: '1.3.6.1.4.1.13742.6.4.1.2.1.2.1.{outlet}',
    on: 1,
    off: 0,
    get: '1.3.6.1.4.1.13742.6.4.1.2.1.3.1.{outlet}',
    readsOn: [7],
    readsOff: [8],
  },
  /**
   * EATON-EPDU-MIB, strip 0: outletControlOnCmd and outletControlOffCmd take a delay in seconds; outletControlStatus has
   * off(0), on(1), pendingOff(2), pendingOn(3). labgrid's eaton.py, NUT's eaton-pdu-marlin-mib.c.
   */
  eaton: {
    set: {
      on: '1.3.6.1.4.1.534.6.6.7.6.6.1.4.0.{outlet}',
      off: '1.3.6.1.4.1.534.6.6.7.6.6.1.3.0.{outlet}',
    },
    on: 0,
    off: 0,
    get: '1.3.6.1.4.1.534.6.6.7.6.6.1.2.0.{outlet}',
    readsOn: [1],
    readsOff: [0],
  },
  /** Sentry3-MIB: outletControlAction on(1), off(2); outletStatus off(0), on(1). SONiC's sonic-mgmt, class SentrySwitchedCDU. */
  sentry: {
    set: '1.3.6.1.4.1.1718.3.2.3.1.11.{outlet}',
    on: 1,
    off: 2,
    get: '1.3.6.1.4.1.1718.3.2.3.1.5.{outlet}',
    readsOn: [1],
    readsOff: [0],
  },
  /**
   * GUDEADS-EPC-MIB (Expert Power Control 8210 and 8211), epcPortState: off(0), on(1). labgrid's gude8210.py. Newer
   * models have the same column at 1.3.6.1.4.1.28507.MODEL.1.3.1.2.1.3: they take a profile of the lab's own.
   */
  gude: {
    set: '1.3.6.1.4.1.28507.1.1.2.2.1.3.{outlet}',
    on: 1,
    off: 0,
    get: '1.3.6.1.4.1.28507.1.1.2.2.1.3.{outlet}',
    readsOn: [1],
    readsOff: [0],
  },
  /** A switch's power over Ethernet: POWER-ETHERNET-MIB (RFC 3621), pethPsePortAdminEnable of group 1: true(1), false(2). */
  poe: {
    set: '1.3.6.1.2.1.105.1.1.1.3.1.{outlet}',
    on: 1,
    off: 2,
    get: '1.3.6.1.2.1.105.1.1.1.3.1.{outlet}',
    readsOn: [1],
    readsOff: [2],
  },
}
