import type { ExceptionLevel, SmcCall } from './call.ts'
import type { CallGroup } from './function-ids.ts'

/** An SMC trace as far as it can be read. */
export interface SmcTrace {
  calls: SmcCall[]
  /** Which calls the tracer was told to record. */
  groups: CallGroup[]
  /** Milliseconds since 1970 when the trace began. */
  began: number
  /** Bytes that were understood. */
  bytes: number
  /** What is wrong with the rest, one sentence; absent when there is none. A trace that was cut is good up to there. */
  damage?: string
}

const magic = 'hyplab SMC trace'
const leastHeader = 32
const leastRecord = 96
const groupBits: readonly CallGroup[] = ['ffa', 'psci', 'trng']

/**
 * Reads a trace of the QEMU plugin; its format is described in guest/smc-trace/trace-file.h. Any bytes will do: what is
 * no trace, or is damaged, is told in `damage`, in time and memory linear to the bytes.
 */
export function readSmcTrace(bytes: Uint8Array): SmcTrace {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const nothing = { calls: [], groups: [], began: 0, bytes: 0 }
  if (bytes.length < leastHeader) return { ...nothing, damage: 'The trace ends within its header.' }
  if (String.fromCharCode(...bytes.subarray(0, magic.length)) !== magic)
    return { ...nothing, damage: 'This is no SMC trace.' }
  const version = view.getUint16(16, true)
  const [header, size] = [view.getUint16(18, true), view.getUint16(20, true)]
  if (version !== 1 || header < leastHeader || size < leastRecord)
    return { ...nothing, damage: `The trace has format version ${version}, and this reader knows 1.` }
  if (bytes.length < header) return { ...nothing, damage: 'The trace ends within its header.' }
  const mask = view.getUint16(22, true)
  const groups = groupBits.filter((_, bit) => mask & (1 << bit))
  return { groups, began: milliseconds(view, 24), ...readRecords(view, header, size) }
}

function readRecords(view: DataView, header: number, size: number): Pick<SmcTrace, 'calls' | 'bytes' | 'damage'> {
  const calls: SmcCall[] = []
  let at = header
  for (; at + size <= view.byteLength; at += size) {
    const damage = addRecord(calls, view, at)
    if (damage !== undefined) return { calls, bytes: at, damage: `${damage} at byte ${at} of the trace.` }
  }
  if (at < view.byteLength) return { calls, bytes: at, damage: 'The trace was cut within its last record.' }
  return { calls, bytes: at }
}

/** Adds one record to the calls; returns what is wrong with it instead. */
function addRecord(calls: SmcCall[], view: DataView, at: number): string | undefined {
  const kind = view.getUint8(at)
  const number = view.getBigUint64(at + 8, true)
  const registers = Array.from({ length: 8 }, (_, n) => view.getBigUint64(at + 32 + 8 * n, true))
  if (kind === 2) {
    const call = number === 0n || number > calls.length ? undefined : calls[Number(number) - 1]
    if (!call || call.response) return 'A return without a call stands'
    call.response = registers
    call.returned = milliseconds(view, at + 16)
    return undefined
  }
  const [from, to] = [view.getUint8(at + 1), view.getUint8(at + 2)]
  if (kind !== 1 || from > 3 || to > 3) return 'A record that means nothing stands'
  if (number !== BigInt(calls.length + 1)) return 'A call out of its turn stands'
  calls.push({
    entry: calls.length + 1,
    at: milliseconds(view, at + 16),
    cpu: view.getUint32(at + 4, true),
    from: from as ExceptionLevel,
    to: to as ExceptionLevel,
    secure: (view.getUint8(at + 3) & 1) === 1,
    pc: view.getBigUint64(at + 24, true),
    request: registers,
  })
  return undefined
}

function milliseconds(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true)) / 1e6
}
