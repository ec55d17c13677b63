import { fromHex } from '../bytes/bytes.ts'
import { ByteReader } from '../bytes/byte-reader.ts'
import { bankName } from '../digest/bank.ts'

/** A TPM's answer to a command, without its body. */
export interface TpmAnswer {
  /** 0 is TPM_RC_SUCCESS. */
  code: number
  body: Uint8Array
}

/** Takes an answer in hex digits; returns its response code (TPM 2.0 Library part 1, 18.6: tag, size, code, big endian), or undefined where it is no answer. */
export function tpmAnswer(hex: string): TpmAnswer | undefined {
  const bytes = fromHex(hex)
  if (!bytes || bytes.length < 10) return undefined
  const reader = new ByteReader(bytes, { littleEndian: false })
  const tag = reader.u16()
  const size = reader.u32()
  const code = reader.u32()
  // TPM_ST_RSP_COMMAND of TPM 1.2, TPM_ST_NO_SESSIONS and TPM_ST_SESSIONS.
  if (size !== bytes.length || ![0x00c4, 0x8001, 0x8002].includes(tag)) return undefined
  return { code, body: bytes.subarray(10) }
}

/** TPM_CAP_PCRS (TPM 2.0 Library part 2, 6.12). */
const capPcrs = 5

/** Takes the body of an answer to TPM2_GetCapability(TPM_CAP_PCRS); returns the banks that have a PCR allocated, or undefined where it is none. */
export function allocatedBanks(body: Uint8Array): string[] | undefined {
  const reader = new ByteReader(body, { littleEndian: false })
  reader.u8() // moreData
  if (reader.u32() !== capPcrs) return undefined
  const count = reader.u32()
  if (reader.over || count > 16) return undefined
  const banks: string[] = []
  for (let n = 0; n < count; n++) {
    const id = reader.u16()
    const select = reader.take(reader.u8())
    if (select.some((bits) => bits !== 0)) banks.push(bankName(id))
  }
  return reader.over ? undefined : banks
}

/** A TPM's device as the ACPI table TPM2 describes it. */
export interface TpmTable {
  /** How a command is started: 15 is a CRB over FF-A (TCG ACPI Specification 1.4, table 9; include/acpi/actbl3.h). */
  startMethod: number
  /** Of the control area. */
  address: number
  /** The partition that has the TPM, for start method 15. */
  partition?: number
}

/** Takes the bytes of the ACPI table TPM2; undefined where they are none. */
export function parseTpmTable(bytes: Uint8Array): TpmTable | undefined {
  const reader = new ByteReader(bytes)
  if (String.fromCharCode(...reader.take(4)) !== 'TPM2') return undefined
  reader.offset = 40
  const address = reader.u64()
  const startMethod = reader.u32()
  if (reader.over) return undefined
  if (startMethod !== 15 || bytes.length < 56) return { startMethod, address }
  reader.offset = 54
  return { startMethod, address, partition: reader.u16() }
}

const methods: Record<number, string> = {
  2: 'ACPI start',
  6: 'TIS',
  7: 'CRB',
  8: 'CRB with ACPI start',
  11: 'CRB with Arm SMC',
  13: 'CRB with Pluton',
  15: 'CRB over FF-A',
}

/** A start method for people, e.g. `CRB over FF-A`. */
export function startMethodName(method: number): string {
  return methods[method] ?? `start method ${method}`
}
