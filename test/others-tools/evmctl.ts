import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toHex } from '../../domain/bytes/bytes.ts'
import type { Pcrs } from '../../domain/tcg/pcrs.ts'
import { run, runOrThrow } from '../../host/run.ts'
import { tempFolder } from '../host/temp-folder.ts'

/** The banks of which every evmctl knows the hash without being told (libimaevm of Debian 12 and 13). */
export const evmBanks = ['sha1', 'sha256'] as const

/** What `evmctl ima_measurement` says of a list. */
export interface Measured {
  /** Lines such as `10 c20bd... ima-ng sha256:f6ee... /init`, as it shows the entries. */
  entries: string
  /** By bank: each bank's own replay and the one of SHA-1 digests with zeros behind them, after each entry, as hex. */
  replays: Map<string, { own: string[]; padded: string[] }>
  /** Whether it says that every entry's digest follows from its data. */
  verified: boolean
}

/**
 * Has `evmctl ima_measurement` of Debian's ima-evm-utils replay a binary list, violations as the kernel extended them.
 * PCRs that fit nothing make it show its own values after each entry.
 */
export async function evmMeasurement(list: Uint8Array, pcr = 10): Promise<Measured> {
  const file = join(await tempFolder(), 'binary_runtime_measurements')
  await writeFile(file, list)
  const nothing: Pcrs = new Map(
    evmBanks.map((bank) => [bank, new Map(Array.from({ length: 24 }, (_, n) => [n, Uint8Array.of(1)]))]),
  )
  const args = ['ima_measurement', '-v', '-v', '--ignore-violations', ...(await pcrArguments(nothing)), file]
  // Its code says that the PCRs did not match, which is meant.
  const { stdout, stderr } = await run('evmctl', args)
  const said = stdout + stderr
  const replays = new Map(evmBanks.map((bank) => [bank as string, replaysIn(said, bank, pcr)]))
  return { entries: said, replays, verified: !said.includes('Failed to verify template data digest') }
}

/** After each entry evmctl compares the bank's own value, then the padded one. */
function replaysIn(said: string, bank: string, pcr: number): { own: string[]; padded: string[] } {
  const values = [...said.matchAll(new RegExp(`^${bank}: PCRAgg +${pcr}: ([0-9a-f]+)`, 'gm'))].map(
    ([, value = '']) => value,
  )
  return { own: values.filter((_, n) => n % 2 === 0), padded: values.filter((_, n) => n % 2 === 1) }
}

/** The boot_aggregates that evmctl makes of PCRs, e.g. `sha256:f6ee...`, a line for each bank. */
export async function evmBootAggregate(pcrs: Pcrs): Promise<string[]> {
  const args = ['ima_boot_aggregate', ...(await pcrArguments(pcrs))]
  return (await runOrThrow('evmctl', args)).trim().split('\n')
}

/** Whether evmctl finds that a list gives these PCRs, and in which bank's way. */
export async function evmMatches(list: Uint8Array, pcrs: Pcrs): Promise<'own' | 'padded' | 'no'> {
  const file = join(await tempFolder(), 'binary_runtime_measurements')
  await writeFile(file, list)
  const { stdout, stderr } = await run('evmctl', [
    'ima_measurement',
    '--ignore-violations',
    ...(await pcrArguments(pcrs)),
    file,
  ])
  const said = stdout + stderr
  if (said.includes('Matched per TPM bank calculated digest(s)')) return 'own'
  return said.includes('Matched SHA1 padded TPM digest(s)') ? 'padded' : 'no'
}

/** PCRs as files that evmctl reads: `PCR-00: 3f1b...`, all 24 in order. */
async function pcrArguments(pcrs: Pcrs): Promise<string[]> {
  const folder = await tempFolder()
  const args: string[] = []
  for (const bank of evmBanks) {
    const values = pcrs.get(bank)
    if (!values) continue
    const lines = Array.from({ length: 24 }, (_, pcr) => {
      const value = values.get(pcr) ?? new Uint8Array(bank === 'sha1' ? 20 : 32)
      return `PCR-${String(pcr).padStart(2, '0')}: ${toHex(value)}\n`
    })
    await writeFile(join(folder, bank), lines.join(''))
    args.push('--pcrs', `${bank},${join(folder, bank)}`)
  }
  return args
}
