import { LabError } from '../../../domain/errors.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { mustRun } from './on-host.ts'

/** Bytes of a medium that are compared, and written, as one: few cards erase more at once. */
export const pieceSize = 4 << 20

/** A part of a file or of a medium of a host, in bytes from its start. */
export interface Part {
  path: string
  from: number
  size: number
}

/**
 * The sha256 of each piece of a part as the medium has it: what the host remembers of the medium is dropped first.
 * @param each bytes of a piece; the last may be shorter
 * @throws LabError PlaceBroken when it cannot be read, or ends before the part does
 */
export async function sumsOf(host: HostLink, part: Part, each: number, signal: AbortSignal): Promise<string[]> {
  const { path, from, size } = part
  const script = `dd if="$1" iflag=nocache count=0 status=none &&
    dd if="$1" bs=64k iflag=nocache,skip_bytes,count_bytes skip="$2" count="$3" status=none |
    split -b "$4" --filter='sha256sum | cut -c 1-64' -`
  const words = ['sh', '-c', script, 'sh', path, String(from), String(size), String(each)]
  const sums = (await mustRun(host, words, `read ${path}`, signal)).match(/^[0-9a-f]{64}$/gm) ?? []
  if (sums.length === Math.ceil(size / each)) return sums
  const sentence = `${path} on host ${host.name} ends before ${from + size} bytes, or cannot be read to there.`
  throw new LabError('PlaceBroken', sentence, { retryable: true })
}

/** The CRC-32 of each piece of a part, lower-case hex of eight digits, as U-Boot's `crc32` says it: the end of a gzip file has it. */
export async function crcsOf(host: HostLink, { path, from, size }: Part, signal: AbortSignal): Promise<string[]> {
  const script = `dd if="$1" bs=64k iflag=skip_bytes,count_bytes skip="$2" count="$3" status=none |
    split -b "$4" --filter='gzip -1 -c | tail -c 8 | head -c 4 | od -An -tx1' -`
  const words = ['sh', '-c', script, 'sh', path, String(from), String(size), String(pieceSize)]
  const lines = (await mustRun(host, words, `read ${path}`, signal)).match(/(?: [0-9a-f]{2}){4}/g) ?? []
  if (lines.length === Math.ceil(size / pieceSize))
    return lines.map((line) => line.trim().split(' ').toReversed().join(''))
  throw new LabError('PlaceBroken', `${path} on host ${host.name} cannot be read to its end.`, { retryable: true })
}

/** The pieces in which two lists of sums differ: runs of neighbours, each written at once. */
export function differingRuns(wanted: string[], there: string[]): { first: number; count: number }[] {
  const runs: { first: number; count: number }[] = []
  wanted.forEach((sum, n) => {
    if (sum === there[n]) return
    const last = runs.at(-1)
    if (last && last.first + last.count === n) last.count++
    else runs.push({ first: n, count: 1 })
  })
  return runs
}

/**
 * Makes the start of a medium what a file is: only pieces that differ are written, and each of them is read back.
 * @param size of the file, bytes
 * @returns the pieces that were written
 * @throws LabError PlaceBroken when it cannot be written, or is read back as something else
 */
export async function syncPieces(
  host: HostLink,
  file: string,
  size: number,
  device: string,
  signal: AbortSignal,
): Promise<number[]> {
  const wanted = await sumsOf(host, { path: file, from: 0, size }, pieceSize, signal)
  const runs = differingRuns(wanted, await sumsOf(host, { path: device, from: 0, size }, pieceSize, signal))
  for (const { first, count } of runs) {
    const counts = [`bs=${pieceSize}`, `skip=${first}`, `seek=${first}`, `count=${count}`, 'status=none']
    const write = ['dd', `if=${file}`, `of=${device}`, ...counts, 'conv=notrunc,fdatasync', 'oflag=nocache']
    await mustRun(host, write, `write ${device}`, signal)
    const part = { path: device, from: first * pieceSize, size: Math.min(count * pieceSize, size - first * pieceSize) }
    const read = await sumsOf(host, part, pieceSize, signal)
    const wrong = read.findIndex((sum, n) => sum !== wanted[first + n])
    if (wrong >= 0) throw notWritten(host, device, first + wrong)
  }
  return runs.flatMap(({ first, count }) => Array.from({ length: count }, (_, n) => first + n))
}

function notWritten(host: HostLink, device: string, piece: number): LabError {
  const sentence = `What was written onto ${device} on host ${host.name} at ${(piece * pieceSize) >> 20} MiB is read back as something else: the medium or its reader is failing.`
  return new LabError('PlaceBroken', sentence, { retryable: true })
}
