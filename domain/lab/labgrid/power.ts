import type { LabgridPart } from './read-labgrid.ts'

/** A PDU as a lab's file has it, with the outlet of one place; or why there is none. */
export type ImportedPower = { pdu: Record<string, unknown>; outlet: number | string; toDo?: string } | { why: string }

/** What labgrid's drivers hard-code: SNMP version 1, and these communities (labgrid 26, driver/power/*.py). */
const snmpModels: Record<string, { profile: string; community: 'public' | 'private' }> = {
  apc: { profile: 'apc', community: 'private' },
  eaton: { profile: 'eaton', community: 'public' },
  raritan: { profile: 'raritan', community: 'private' },
  sentry: { profile: 'sentry', community: 'private' },
  poe_mib: { profile: 'poe', community: 'private' },
  gude: { profile: 'gude', community: 'private' },
}

const httpModels: Record<string, string> = { shelly_gen1: 'shelly-1', shelly_gen2: 'shelly-2' }

/** Resources that switch power, and for which there is nothing here but a PDU by command. */
const byCommand: Record<string, string> = {
  USBPowerPort: 'uhubctl',
  NetworkUSBPowerPort: 'uhubctl',
  SiSPMPowerPort: 'sispmctl',
  NetworkSiSPMPowerPort: 'sispmctl',
  YKUSHPowerPort: 'ykushcmd',
  NetworkYKUSHPowerPort: 'ykushcmd',
  TasmotaPowerPort: 'mosquitto_pub',
  ModbusTCPCoil: 'a client of Modbus',
  HIDRelay: 'usbrelay',
  NetworkHIDRelay: 'usbrelay',
}

/** @returns what a resource of labgrid that switches power becomes; undefined for any other resource */
export function importPower({ cls, params }: LabgridPart): ImportedPower | undefined {
  const tool = Object.hasOwn(byCommand, cls) ? byCommand[cls] : undefined
  if (tool !== undefined) return { why: `switched by a program: write a pdu by command, with ${tool}` }
  if (cls === 'PDUDaemonPort') {
    const { host, pdu } = params
    const outlet = indexOf(params)
    if (typeof host !== 'string' || typeof pdu !== 'string' || outlet === undefined) return { why: incomplete }
    const url = `http://${host.includes(':') ? host : `${host}:16421`}`
    return { pdu: { pdudaemon: { url, pdu } }, outlet }
  }
  return cls === 'NetworkPowerPort' ? networkPower(params) : undefined
}

const incomplete = 'a parameter is missing, or is none that hyplab can read'

function networkPower(params: Record<string, unknown>): ImportedPower {
  const { model, host } = params
  const outlet = indexOf(params)
  if (typeof model !== 'string' || typeof host !== 'string' || outlet === undefined || host.includes('$'))
    return { why: incomplete }
  if (host.includes('@')) return { why: 'its address holds a user or a password: write a pdu by http with a login' }
  const snmp = Object.hasOwn(snmpModels, model) ? snmpModels[model] : undefined
  if (snmp !== undefined) {
    const { address, port } = /^(?:\w+:\/\/)?(?<address>[^\s:/@]+)(?::(?<port>\d+))?\/?$/.exec(host)?.groups ?? {}
    if (address === undefined) return { why: incomplete }
    const { profile, community } = snmp
    const where = { address, ...(port !== undefined && { port: Number(port) }) }
    return {
      pdu: { snmp: { ...where, version: 1, community: { text: community }, profile } },
      outlet: model === 'sentry' ? sentryOutlet(outlet) : outlet,
      ...(model === 'gude' && { toDo: "labgrid reads this PDU's web page, hyplab asks it by SNMP: turn that on" }),
    }
  }
  const http = Object.hasOwn(httpModels, model) ? httpModels[model] : undefined
  const url = host.replace(/\/$/, '')
  if (http !== undefined && /^https?:\/\/[^\s@?#]+$/.test(url)) return { pdu: { http: { url, profile: http } }, outlet }
  if ((model === 'rest' || model === 'simplerest') && /^https?:\/\/[^\s@]+$/.test(url)) {
    return { pdu: { command: restCommand(model, url) }, outlet }
  }
  return {
    why: `hyplab has no driver for the model ${model}: write a pdu by command, or by http with a profile of yours`,
  }
}

/** Sentry3-MIB names an outlet by tower, infeed and outlet; labgrid counts through, eight to an infeed of the one tower. */
function sentryOutlet(index: number): string {
  return `1.${Math.floor((index - 1) / 8) + 1}.${((index - 1) % 8) + 1}`
}

/** The two that put 0 or 1 to an address, and read it there. */
function restCommand(model: 'rest' | 'simplerest', url: string): Record<string, unknown> {
  const address = (value: string): string => url.replaceAll('{index}', '{outlet}').replaceAll('{value}', value)
  const curl = ['curl', '--silent', '--show-error', '--fail', '--max-time', '10']
  const set = (value: string): string[] =>
    model === 'rest' ? [...curl, '--request', 'PUT', '--data', value, address('')] : [...curl, address(value)]
  const state = { run: [...curl, address('').replace(/\/$/, '')], on: '^1$', off: '^0$' }
  return { on: set('1'), off: set('0'), state }
}

/** labgrid takes numbers and texts that are numbers. */
function indexOf({ index }: Record<string, unknown>): number | undefined {
  const number = typeof index === 'string' && /^\s*\d+\s*$/.test(index) ? Number(index) : index
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined
}
