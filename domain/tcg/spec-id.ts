import { ByteReader } from '../bytes/byte-reader.ts'
import { toLatin1 } from '../bytes/bytes.ts'
import { bankName } from '../digest/bank.ts'

/** The header of a crypto-agile log (TCG_EfiSpecIdEvent; PC Client Platform Firmware Profile 1.06, 10.4.5.1). */
export interface SpecId {
  platformClass: number
  /** e.g. `2.0`. */
  version: string
  errata: number
  /** Which digests each event has, and how large they are: the only place that tells the size of an unknown algorithm. */
  algorithms: { id: number; bank: string; size: number }[]
}

/** 16 bytes, with its NUL. */
export const specIdSignature = 'Spec ID Event03\0'

/** More algorithms than any TPM has banks for; bounds what a broken header can make us read. */
const mostAlgorithms = 64

/** Takes the data of the log's first event; returns the header, or undefined when it is none. */
export function parseSpecId(data: Uint8Array): SpecId | undefined {
  const reader = new ByteReader(data)
  if (toLatin1(reader.take(16)) !== specIdSignature) return undefined
  const platformClass = reader.u32()
  const [minor, major, errata] = [reader.u8(), reader.u8(), reader.u8()]
  reader.u8() // uintnSize
  const count = reader.u32()
  if (reader.over || count === 0 || count > mostAlgorithms) return undefined
  const algorithms = Array.from({ length: count }, () => {
    const id = reader.u16()
    return { id, bank: bankName(id), size: reader.u16() }
  })
  if (reader.over) return undefined
  return { platformClass, version: `${major}.${minor}`, errata, algorithms }
}
