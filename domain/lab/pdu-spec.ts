import type { At, Secret } from './at.ts'

/** A thing that switches outlets. Commands go to it one at a time. */
export type PduSpec = { name: string; at: At; spacing: number } & PduDriver
// `spacing`: seconds between two outlets that are switched on, so that their inrush does not add up.

/** How a PDU is spoken to. */
export type PduDriver =
  | {
      kind: 'snmp'
      address: string
      port: number
      access: SnmpAccess
      /** A profile's name, or one of the lab's own. */
      profile: string | SnmpProfile
    }
  | {
      kind: 'http'
      /** Its root, e.g. `http://10.0.0.7`. */
      url: string
      profile: string | HttpProfile
      login?: { user: string; password: Secret }
    }
  | {
      kind: 'pdudaemon'
      /** Its HTTP listener, e.g. `http://localhost:16421`. */
      url: string
      /** The PDU's name in its configuration. */
      pdu: string
    }
  | {
      kind: 'command'
      host: string
      /** Words of a command; `{outlet}` in them stands for the outlet. */
      on: string[]
      off: string[]
      state?: StateCommand
    }

/** Asks for an outlet's state: what neither pattern fits is a fault, whatever the exit code was. */
export interface StateCommand {
  run: string[]
  /** Regular expressions over what it prints. */
  on: string
  off: string
}

export type SnmpAccess =
  | { version: '1' | '2c'; community: Secret | { text: string } }
  | {
      version: '3'
      user: string
      auth?: { protocol: 'md5' | 'sha' | 'sha256' | 'sha512'; key: Secret }
      privacy?: { protocol: 'des' | 'aes'; key: Secret }
    }

/** How outlets of one make of PDU are switched and read; `{outlet}` in an OID stands for the outlet. */
export interface SnmpProfile {
  /** Which object is set; some makes have one for each direction. */
  set: string | { on: string; off: string }
  on: number
  off: number
  get: string
  readsOn: number[]
  readsOff: number[]
}

/** How outlets of one make of plug are switched and read by HTTP; `{outlet}` stands for the outlet. */
export interface HttpProfile {
  /** The password goes with every request (Basic), for the make does not ask for it; else it goes as it is asked for. */
  unasked?: true
  on: HttpRequest
  off: HttpRequest
  state: HttpRequest & {
    /**
     * Where the state is in the JSON answer: keys with dots between, e.g. `relays.0.ison`; `{outlet}` may be in it. Of
     * several, the first that the answer has.
     */
    json: string | string[]
    on: (string | number | boolean)[]
    off: (string | number | boolean)[]
  }
}

export interface HttpRequest {
  method: 'GET' | 'POST'
  path: string
  /** Sent as JSON. */
  body?: Record<string, unknown>
}
