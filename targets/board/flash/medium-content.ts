import type { HostLink } from '../../hosts/host-link.ts'
import { FatFiles } from './fat-files.ts'
import { syncRaw, type RawPart } from './raw-firmware.ts'
import { putMedium, type WholeMedium } from './whole-medium.ts'
import type { Written } from './written.ts'

/** What a medium has to hold: all of it, or files of an attempt's alone. It is plain data, and its files are the host's. */
export type MediumContent = { whole: WholeMedium } | MediumFiles

/** Files for a medium. */
export interface MediumFiles {
  /** The FAT partition that they go to; 0 where the whole medium is one. */
  partition: number
  files: { name: string; path: string; sha256: string }[]
  firmware?: Omit<RawPart, 'bring'> & { path: string }
}

/**
 * Makes a medium hold what it should: only what differs is written, and that is read back.
 * @param device the medium, as the host sees it
 * @throws LabError PlaceBroken when it cannot be written, or is read back as something else
 */
export async function putContent(
  host: HostLink,
  content: MediumContent,
  device: string,
  signal: AbortSignal,
): Promise<Written> {
  if ('whole' in content) return await putMedium(host, content.whole, device, signal)
  const { partition, files, firmware } = content
  const fat = await FatFiles.find(host, device, partition, signal)
  const done: Written['files'] = []
  for (const { name, path, sha256 } of files) done.push(await fat.sync(name, sha256, async () => path, signal))
  if (firmware) done.push(await syncRaw(host, device, { ...firmware, bring: async () => firmware.path }, signal))
  return { files: done, remarks: [] }
}
