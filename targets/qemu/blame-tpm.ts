import { setTimeout as delay } from 'node:timers/promises'
import { LabError } from '../../domain/errors.ts'
import { wasKilled } from '../../host/guarded-process.ts'
import { swtpmGoneSentence, type Swtpm } from '../swtpm.ts'

/** A TPM whose machine did not start ends with it; one that QEMU never spoke to does not, and is stopped later. */
const tpmEndMs = 2_000

/**
 * Throws the error with which a machine could not be started, or, where its TPM broke first, that: QEMU does not start
 * without its TPM, but does not know why it has none.
 */
export async function blameTpm(swtpm: Swtpm | undefined, error: unknown): Promise<never> {
  // What the order lacks, or another did, is not its fault. A socket that it closed breaks QEMU's start in more ways than one.
  if (!swtpm || (error instanceof LabError && error.code !== 'TargetBroken')) throw error
  const patience = new AbortController()
  const ended = await Promise.race([swtpm.gone, delay(tpmEndMs, undefined, { signal: patience.signal })])
  patience.abort()
  if (ended && ended.code !== 0)
    throw new LabError('TargetBroken', await swtpmGoneSentence(swtpm, ended.code), {
      cause: error,
      retryable: wasKilled(ended.code),
    })
  throw error
}
