import { LabError } from '../../../domain/errors.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { describeFile } from './describe-file.ts'
import { mustRun } from './on-host.ts'
import type { Written } from './written.ts'

/**
 * Writes firmware to where a board's ROM looks for it on a medium, when something else is there, and reads it back.
 * @param at bytes from the medium's start
 * @param from a file of this host
 * @param there where it is put on that host
 * @throws LabError PlaceBroken when it cannot be written or is read back as something else
 */
export async function syncFirmware(
  host: HostLink,
  device: string,
  at: number,
  from: string,
  there: string,
  signal: AbortSignal,
): Promise<Written['files'][number]> {
  const bring = async (): Promise<string> => {
    await host.put(from, there, signal)
    return there
  }
  return await syncRaw(host, device, { at, ...(await describeFile(from, signal)), bring }, signal)
}

/** Bytes for a place on a medium. */
export interface RawPart {
  /** Bytes from the medium's start. */
  at: number
  size: number
  sha256: string
  /** Brings them onto the host, when they have to be written. @returns where they are */
  bring: () => Promise<string>
}

/** As `syncFirmware`, for a file that may be on the host already. */
export async function syncRaw(
  host: HostLink,
  device: string,
  { at, size, sha256, bring }: RawPart,
  signal: AbortSignal,
): Promise<Written['files'][number]> {
  const read = async (): Promise<string> => {
    const script = 'dd if="$1" bs=64k iflag=nocache,skip_bytes,count_bytes skip="$2" count="$3" status=none | sha256sum'
    const words = ['sh', '-c', script, 'sh', device, String(at), String(size)]
    return (await mustRun(host, words, `read ${device}`, signal)).slice(0, 64)
  }
  if ((await read()) === sha256) return { name: 'firmware', sha256, written: false }
  const from = await bring()
  const write = ['dd', `if=${from}`, `of=${device}`, 'bs=64k', 'oflag=seek_bytes,nocache', `seek=${at}`, 'status=none']
  await mustRun(host, [...write, 'conv=notrunc,fdatasync'], `write the firmware onto ${device}`, signal)
  const now = await read()
  if (now === sha256) return { name: 'firmware', sha256, written: true }
  const sentence = `The firmware was written onto ${device} with sha256 ${sha256} and is read back with sha256 ${now}: the medium or its reader is failing.`
  throw new LabError('PlaceBroken', sentence, { retryable: true })
}
