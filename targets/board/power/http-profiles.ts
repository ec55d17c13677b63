import type { HttpProfile } from '../../../domain/lab/pdu-spec.ts'

/** Makes of plug that are switched by HTTP. A Shelly counts its outlets from 0, Tasmota from 1. */
export const httpProfiles: Record<string, HttpProfile> = {
  /**
   * Tasmota's commands over web requests, `Power<x>` with no, 0 or 1. A device with one relay answers `POWER` without
   * the number, unless SetOption26 is on. https://tasmota.github.io/docs/Commands/
   */
  tasmota: {
    unasked: true,
    on: { method: 'GET', path: '/cm?cmnd=Power{outlet}%201' },
    off: { method: 'GET', path: '/cm?cmnd=Power{outlet}%200' },
    state: {
      method: 'GET',
      path: '/cm?cmnd=Power{outlet}',
      json: ['POWER{outlet}', 'POWER'],
      on: ['ON'],
      off: ['OFF'],
    },
  },
  /** The first generation. https://shelly-api-docs.shelly.cloud/gen1/ (`/relay/0`). */
  'shelly-1': {
    on: { method: 'GET', path: '/relay/{outlet}?turn=on' },
    off: { method: 'GET', path: '/relay/{outlet}?turn=off' },
    state: { method: 'GET', path: '/relay/{outlet}', json: 'ison', on: [true], off: [false] },
  },
  /** The second generation and later. https://shelly-api-docs.shelly.cloud/gen2/ComponentsAndServices/Switch */
  'shelly-2': {
    on: { method: 'GET', path: '/rpc/Switch.Set?id={outlet}&on=true' },
    off: { method: 'GET', path: '/rpc/Switch.Set?id={outlet}&on=false' },
    state: { method: 'GET', path: '/rpc/Switch.GetStatus?id={outlet}', json: 'output', on: [true], off: [false] },
  },
}
