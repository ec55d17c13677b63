import { createHash } from 'node:crypto'

/** A bank for made logs, hashed by OpenSSL, so that our own hashes are not tested against themselves. */
export const algorithms = {
  sha1: { id: 0x04, size: 20 },
  sha256: { id: 0x0b, size: 32 },
  sha384: { id: 0x0c, size: 48 },
  sha512: { id: 0x0d, size: 64 },
  sm3: { id: 0x12, size: 32 },
} as const

export type Algorithm = keyof typeof algorithms

export interface MadeEvent {
  pcr: number
  type: number
  data: Uint8Array
  /** What is hashed; the data when left out. */
  measured?: Uint8Array
}

export function hash(algorithm: string, ...parts: Uint8Array[]): Buffer {
  return parts.reduce((sum, part) => sum.update(part), createHash(algorithm)).digest()
}

export function u32(value: number, littleEndian = true): Buffer {
  const bytes = Buffer.alloc(4)
  if (littleEndian) bytes.writeUInt32LE(value)
  else bytes.writeUInt32BE(value)
  return bytes
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

/** The header event of a crypto-agile log, with algorithms that nobody knows behind the known ones. */
export function specIdEvent(banks: readonly Algorithm[], unknown: { id: number; size: number }[] = []): Buffer {
  const all = [...banks.map((bank) => algorithms[bank]), ...unknown]
  const data = Buffer.concat([
    Buffer.from('Spec ID Event03\0'),
    u32(0),
    Buffer.from([0, 2, 0, 2]),
    u32(all.length),
    ...all.map(({ id, size }) => Buffer.concat([u16(id), u16(size)])),
    Buffer.from([0]),
  ])
  return Buffer.concat([u32(0), u32(3), Buffer.alloc(20), u32(data.length), data])
}

/** One event of a crypto-agile log. */
export function agileEvent(
  { pcr, type, data, measured = data }: MadeEvent,
  banks: readonly Algorithm[],
  unknown: { id: number; size: number }[] = [],
): Buffer {
  const digests = [
    ...banks.map((bank) =>
      Buffer.concat([
        u16(algorithms[bank].id),
        type === 3 ? Buffer.alloc(algorithms[bank].size) : hash(bank, measured),
      ]),
    ),
    ...unknown.map(({ id, size }) => Buffer.concat([u16(id), Buffer.alloc(size, 7)])),
  ]
  return Buffer.concat([u32(pcr), u32(type), u32(digests.length), ...digests, u32(data.length), data])
}

/** A crypto-agile log. */
export function agileLog(
  events: MadeEvent[],
  banks: readonly Algorithm[] = ['sha1', 'sha256'],
  unknown: { id: number; size: number }[] = [],
): Buffer {
  return Buffer.concat([specIdEvent(banks, unknown), ...events.map((event) => agileEvent(event, banks, unknown))])
}

/** A log in the format of TPM 1.2. */
export function oldLog(events: MadeEvent[]): Buffer {
  return Buffer.concat(
    events.map(({ pcr, type, data, measured = data }) =>
      Buffer.concat([u32(pcr), u32(type), hash('sha1', measured), u32(data.length), data]),
    ),
  )
}

/** What a TPM makes of these events in one PCR, told by OpenSSL. */
export function pcrAfter(bank: Algorithm, pcr: number, events: MadeEvent[], locality = 0): Buffer {
  const start: Buffer = Buffer.alloc(algorithms[bank].size)
  if (pcr === 0) start[start.length - 1] = locality
  return events
    .filter((event) => event.pcr === pcr && event.type !== 3)
    .reduce((value, { data, measured = data }) => hash(bank, value, hash(bank, measured)), start)
}

export const text = (value: string): Buffer => Buffer.from(value, 'latin1')

/** UEFI_VARIABLE_DATA. */
export function variable(name: string, value: Uint8Array): Buffer {
  const wide = Buffer.from(name, 'utf16le')
  const lengths = Buffer.alloc(16)
  lengths.writeBigUInt64LE(BigInt(name.length))
  lengths.writeBigUInt64LE(BigInt(value.length), 8)
  const guid = Buffer.from('61dfe48bca93d211aa0d00e098032b8c', 'hex')
  return Buffer.concat([guid, lengths, wide, value])
}

/** What a small firmware measures: the shape of a real boot. */
export const someEvents: MadeEvent[] = [
  { pcr: 0, type: 0x08, data: text('1\0.\0') },
  { pcr: 7, type: 0x80000001, data: variable('SecureBoot', Buffer.from([0])) },
  { pcr: 1, type: 0x80000002, data: variable('BootOrder', Buffer.from([0, 0])), measured: Buffer.from([0, 0]) },
  { pcr: 4, type: 0x80000007, data: text('Calling EFI Application from Boot Option') },
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((pcr) => ({ pcr, type: 4, data: u32(0) })),
  { pcr: 4, type: 0x80000003, data: Buffer.alloc(32, 1), measured: text('the image') },
  { pcr: 9, type: 6, data: text('LOADED_IMAGE::LoadOptions'), measured: text('console=ttyAMA0') },
  { pcr: 9, type: 6, data: text('Linux initrd'), measured: text('initrd') },
  { pcr: 5, type: 0x80000007, data: text('Exit Boot Services Invocation') },
  { pcr: 5, type: 0x80000007, data: text('Exit Boot Services Returned with Success') },
]

/** The PCRs 0 to 9 of a bank after these events. */
export function pcrsAfter(bank: Algorithm, events: MadeEvent[], locality = 0): Map<number, Uint8Array> {
  return new Map(Array.from({ length: 10 }, (_, pcr) => [pcr, pcrAfter(bank, pcr, events, locality)]))
}
