import { textOf } from '../../yaml/value-at.ts'
import type { LabgridPart } from './read-labgrid.ts'

/** A console as a lab's file has it, without its worlds; or why there is none. */
export type ImportedConsole = { console: Record<string, unknown>; toDo?: string } | { why: string }

/** @returns what a serial port of labgrid becomes; undefined for any other resource */
export function importConsole({ cls, params }: LabgridPart): ImportedConsole | undefined {
  if (cls === 'NetworkSerialPort') return networkPort(params)
  if (cls === 'RawSerialPort') {
    const { port } = params
    if (typeof port !== 'string' || !port.startsWith('/')) return { why: 'its port is no path of a tty' }
    return { console: { tty: port, ...speedOf(params) } }
  }
  return cls === 'USBSerialPort' ? usbPort(params) : undefined
}

function networkPort(params: Record<string, unknown>): ImportedConsole {
  const { host, port, protocol = 'rfc2217', speed } = params
  if (typeof host !== 'string' || !/^[^\s:/@[\]$]+$/.test(host) || typeof port !== 'number')
    return { why: 'its host or port is none that hyplab can read' }
  if (protocol !== 'raw' && protocol !== 'rfc2217') return { why: `its protocol is ${textOf(protocol) ?? 'no text'}` }
  if (protocol === 'raw') return { console: { raw: `${host}:${port}` } }
  // labgrid asks the server for 115200, too, which is what servers are set to.
  return { console: { telnet: `${host}:${port}`, ...(speed !== undefined && { speed }) } }
}

/**
 * labgrid looks for a tty with these properties; a lab's file names one of udev's links to it (60-serial.rules: by-id is
 * `usb-ID_SERIAL-ifNN-portN`, by-path is `ID_PATH-portN`, where only USB serial converters have the port).
 */
function usbPort(params: Record<string, unknown>): ImportedConsole {
  const match = (params['match'] ?? {}) as Record<string, unknown>
  const has = (...keys: string[]): string | undefined =>
    keys.map((key) => match[key]).find((value) => typeof value === 'string' && /^[^\s$/]+$/.test(value)) as
      string | undefined
  const device = match['DEVNAME']
  if (typeof device === 'string' && device.startsWith('/')) return { console: { tty: device, ...speedOf(params) } }
  const usbInterface = has('ID_USB_INTERFACE_NUM') ?? '00'
  const [serial, short] = [has('ID_SERIAL', '@ID_SERIAL'), has('ID_SERIAL_SHORT', '@ID_SERIAL_SHORT')]
  const [own, parents] = [has('ID_PATH'), has('@ID_PATH')]
  const byId = (name: string): string => `/dev/serial/by-id/usb-${name}-if${usbInterface}-port0`
  const link =
    (serial && byId(serial)) ||
    (own && `/dev/serial/by-path/${own}-port0`) ||
    (parents && `/dev/serial/by-path/${parents}:1.${Number.parseInt(usbInterface, 16) || 0}-port0`) ||
    (short && byId(`VENDOR_MODEL_${short}`))
  const asked = Object.entries(match).map(([key, value]) => `${key}=${textOf(value) ?? '...'}`)
  if (!link) return { why: `it is looked for by ${asked.join(' ') || 'nothing'}: give its link under /dev/serial` }
  const toDo = `labgrid looks for this tty by ${asked.join(' ')}; check its link with ls -l /dev/serial/*`
  return { console: { tty: link, ...speedOf(params) }, toDo }
}

function speedOf({ speed }: Record<string, unknown>): { speed?: number } {
  return typeof speed === 'number' && Number.isInteger(speed) && speed > 0 && speed !== 115200 ? { speed } : {}
}
