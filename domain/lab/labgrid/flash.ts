import { textOf } from '../../yaml/value-at.ts'
import type { LabgridPart } from './read-labgrid.ts'

/** How a place is flashed as a lab's file has it; or why it is not. */
export type ImportedFlash = { flash: Record<string, unknown>; toDo?: string } | { why: string }

/** An address that belongs to nobody (RFC 5737): it must be replaced, and reaches nothing until then. */
export const nobodysAddress = '192.0.2.1'

/** @returns what a resource of labgrid by which files get onto a board becomes; undefined for any other */
export function importFlash({ cls, params }: LabgridPart): ImportedFlash | undefined {
  switch (cls) {
    case 'TFTPProvider':
    case 'RemoteTFTPProvider':
      return tftp(params)
    case 'USBSDMuxDevice':
    case 'NetworkUSBSDMuxDevice':
      return mux('usbsdmux', (serial) => `/dev/usb-sd-mux/id-${serial}`, params)
    case 'USBSDWireDevice':
    case 'NetworkUSBSDWireDevice':
      return mux('sd-mux-ctrl', (serial) => serial, params)
    case 'USBSDWire3Device':
    case 'NetworkUSBSDWire3Device':
      return mux('sdwire', (serial) => serial, params)
    case 'AndroidNetFastboot':
    case 'RemoteAndroidNetFastboot': {
      const { address, port = 5554, protocol = 'udp' } = params
      if (!isWord(address) || !isWord(protocol) || !isWord(textOf(port)))
        return { why: 'its address is none that hyplab can read' }
      return { flash: { fastboot: { device: `${protocol}:${address}:${textOf(port)}` } } }
    }
    case 'AndroidUSBFastboot':
    case 'AndroidFastboot': {
      const serial = serialOf(params)
      if (serial === undefined) return { why: 'it is not looked for by its serial number, which fastboot -s takes' }
      return { flash: { fastboot: { device: serial } } }
    }
    default:
      return undefined
  }
}

function tftp({ internal, external = '', host }: Record<string, unknown>): ImportedFlash {
  if (typeof internal !== 'string' || !internal.startsWith('/'))
    return { why: 'its internal folder is no absolute path' }
  const folder = internal.replace(/\/+$/, '') || '/'
  const prefix = (textOf(external) ?? '').replaceAll(/^\/+|\/+$/g, '')
  // What the board calls external/FILE is internal/FILE: the folder that is served lies above.
  const isBelow = prefix !== '' && folder.endsWith(`/${prefix}`)
  const served = isBelow ? folder.slice(0, -prefix.length - 1) || '/' : folder
  const toDo: string[] = []
  if (prefix !== '' && !isBelow) toDo.push(`the board calls this folder ${prefix}: give the one that is served as /`)
  const server = isWord(host) && !/[:/@]/.test(host) ? host : undefined
  if (server === undefined)
    toDo.push(`${nobodysAddress} stands for the TFTP server's address, which labgrid does not know`)
  return {
    flash: { tftp: { folder: served, server: server ?? nobodysAddress } },
    ...(toDo.length > 0 && { toDo: toDo.join('; ') }),
  }
}

function mux(program: string, idOf: (serial: string) => string, params: Record<string, unknown>): ImportedFlash {
  const { control_path: control, control_serial: ownSerial, disk_path: disk = params['path'] } = params
  const serial = isWord(ownSerial) ? ownSerial : serialOf(params)
  const id = isWord(control) ? control : serial === undefined ? undefined : idOf(serial)
  if (id === undefined) return { why: 'it is not looked for by its serial number, by which it would be named here' }
  if (isWord(disk) && disk.startsWith('/')) return { flash: { mux: { [program]: id, device: disk } } }
  const toDo = 'labgrid finds the medium of this mux by itself; give its link under /dev/disk/by-id'
  return { flash: { mux: { [program]: id, device: '/dev/disk/by-id/TO-DO' } }, toDo }
}

function serialOf(params: Record<string, unknown>): string | undefined {
  const match = (params['match'] ?? {}) as Record<string, unknown>
  return [match['ID_SERIAL_SHORT'], match['@ID_SERIAL_SHORT']].find(isWord)
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && /^[^\s$]+$/.test(value)
}
