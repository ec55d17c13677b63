import { ByteReader } from '../bytes/byte-reader.ts'
import { toHex, toLatin1 } from '../bytes/bytes.ts'
import type { TcgEvent } from './event-log.ts'

/** A measured EFI variable (UEFI_VARIABLE_DATA; PC Client Platform Firmware Profile 1.06, 10.2.6). */
export interface MeasuredVariable {
  guid: string
  name: string
  data: Uint8Array
}

/** A longer quote says no more to a reader. */
const quoted = 120

/** Takes the data of an EV_EFI_VARIABLE_* event; returns the variable, or undefined where it is none. */
export function measuredVariable(data: Uint8Array): MeasuredVariable | undefined {
  const reader = new ByteReader(data)
  const guid = guidText(reader.take(16))
  const [nameLength, dataLength] = [reader.u64(), reader.u64()]
  if (reader.over || nameLength * 2 > reader.left) return undefined
  const name = utf16(reader.take(nameLength * 2))
  const value = reader.take(dataLength)
  return reader.over ? undefined : { guid, name, data: value }
}

/** An EFI_GUID's 16 bytes as people write it: three little-endian numbers and eight bytes. */
export function guidText(bytes: Uint8Array): string {
  const hex = (...at: number[]) => toHex(Uint8Array.from(at, (index) => bytes[index] ?? 0))
  return [hex(3, 2, 1, 0), hex(5, 4), hex(7, 6), hex(8, 9), hex(10, 11, 12, 13, 14, 15)].join('-')
}

/** An event for people, e.g. `event 3, EV_EFI_VARIABLE_DRIVER_CONFIG in PCR 7 (SecureBoot)`. */
export function describeEvent(event: TcgEvent): string {
  const what = saying(event)
  // What extends nothing may name a PCR that there is not, e.g. 0xffffffff.
  const where = event.pcr > 0xff ? 'in no PCR' : `in PCR ${event.pcr}`
  return `event ${event.index}, ${event.typeName} ${where}${what === '' ? '' : ` (${what})`}`
}

/** What an event's data says, as far as it is text, a variable's name or a separator's value; else empty. */
function saying({ typeName, data }: TcgEvent): string {
  if (typeName.startsWith('EV_EFI_VARIABLE_')) return measuredVariable(data)?.name ?? ''
  if (typeName === 'EV_SEPARATOR') return data.length === 4 ? `0x${new ByteReader(data).u32().toString(16)}` : ''
  const wide = data.length > 3 && data.length % 2 === 0 && data[1] === 0 && data[3] === 0
  const text = (wide ? utf16(data) : toLatin1(data)).replace(/\0+$/, '')
  return text !== '' && /^[\x20-\x7e\n\t]*$/.test(text) ? text.replaceAll(/\s+/g, ' ').slice(0, quoted) : ''
}

function utf16(bytes: Uint8Array): string {
  return new TextDecoder('utf-16le').decode(bytes).replace(/\0+$/, '')
}
