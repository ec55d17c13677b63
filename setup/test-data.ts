import type { SourceLocation } from '../domain/cell.ts'
import { obtainSource } from '../builds/source/obtain.ts'
import type { Folders } from '../host/folders.ts'

/**
 * Sources that ship logs of other machines as their test data. tpm2-tss has the event logs of tpm2-tools among its own.
 * Their tarballs are pinned in setup/pins.json; nothing of them is kept in this repository.
 */
const sources = {
  'tpm2-tss': { kind: 'debian', package: 'tpm2-tss', version: '4.1.3-1.2' },
  'ima-evm-utils': { kind: 'debian', package: 'ima-evm-utils', version: '1.5-2' },
} as const satisfies Record<string, SourceLocation>

/** A source with test data. */
export type TestSource = keyof typeof sources

/**
 * Fetches what is not in the cache yet, and says so first where `say` is given.
 * @returns the folder of each unpacked source
 * @throws LabError SourceMissing, ChecksumMismatch
 */
export async function obtainTestData(
  folders: Folders,
  say: (text: string) => void = () => {},
): Promise<Record<TestSource, string>> {
  const context = { folders, signal: AbortSignal.timeout(600_000), say, progress: announce(say) }
  const tss = await obtainSource([sources['tpm2-tss']], [], context)
  const ima = await obtainSource([sources['ima-evm-utils']], [], context)
  return { 'tpm2-tss': tss.folder, 'ima-evm-utils': ima.folder }
}

/** Says once that something is fetched. */
function announce(say: (text: string) => void): ({ phase }: { phase: string }) => void {
  let said = false
  return ({ phase }) => {
    if (phase !== 'download' || said) return
    said = true
    say('fetching the test data of tpm2-tss and ima-evm-utils, about 1.5 MB')
  }
}
