import { LabError } from '../../../domain/errors.ts'

/** How much of a medium has to be read to find a partition: the MBR, the GPT's header and its 128 entries of 128 bytes. */
export const tableBytes = 34 * 512

const sector = 512
const gptType = 0xee
const extended = [0x05, 0x0f, 0x85]

/**
 * Finds where a partition begins, bytes from the medium's start: MBR (four primary partitions), or GPT in sectors of 512
 * bytes (UEFI 2.10, 5.3), which is what card readers have.
 * @param start the first `tableBytes` of the medium
 * @param number from 1; 0 is the whole medium
 * @param medium what it is called, for the sentence
 * @throws LabError PlaceBroken when there is no such partition
 */
export function partitionStart(start: Buffer, number: number, medium: string): number {
  if (number === 0) return 0
  if (start.length < sector || start.readUInt16LE(510) !== 0xaa55)
    throw none(medium, number, 'it has no partition table')
  const types = [0, 1, 2, 3].map((n) => start[446 + 16 * n + 4]!)
  if (types.includes(gptType)) return gptStart(start, number, medium)
  const type = types[number - 1]
  if (type === undefined) throw none(medium, number, 'partitions of an MBR are numbered from 1 to 4 here')
  if (type === 0) throw none(medium, number, 'that entry of its table is empty')
  if (extended.includes(type)) throw none(medium, number, 'it is an extended one, which holds others')
  return start.readUInt32LE(446 + 16 * (number - 1) + 8) * sector
}

function gptStart(start: Buffer, number: number, medium: string): number {
  const header = start.subarray(sector, 2 * sector)
  if (header.toString('latin1', 0, 8) !== 'EFI PART') throw none(medium, number, 'its GPT has no header')
  const entries = Number(header.readBigUInt64LE(72)) * sector
  const [count, size] = [header.readUInt32LE(80), header.readUInt32LE(84)]
  const at = entries + (number - 1) * size
  if (number > count || at + size > start.length) throw none(medium, number, `its GPT has ${count} entries`)
  const entry = start.subarray(at, at + size)
  if (entry.subarray(0, 16).every((byte) => byte === 0)) throw none(medium, number, 'that entry of its GPT is empty')
  return Number(entry.readBigUInt64LE(32)) * sector
}

function none(medium: string, number: number, why: string): LabError {
  return new LabError('PlaceBroken', `${medium} has no partition ${number}: ${why}.`)
}
