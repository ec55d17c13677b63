import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parsePcrs } from '../../domain/tcg/pcr-text.ts'
import type { Pcrs } from '../../domain/tcg/pcrs.ts'

const folder = join(import.meta.dirname, '../fixtures/measurements')

/** What a real boot of ours left behind: `test/fixtures/measurements/<name>`. */
export const ownBoots: string[] = readdirSync(folder).toSorted()

/** A file of a boot; undefined where the boot has none like it. */
export function bootFile(boot: string, file: string): Buffer | undefined {
  return readdirSync(join(folder, boot)).includes(file) ? readFileSync(join(folder, boot, file)) : undefined
}

/** The PCRs that the kernel showed at the end of a boot. */
export function pcrsOf(boot: string): Pcrs {
  return parsePcrs(bootFile(boot, 'pcrs')?.toString('latin1') ?? '')
}
