import { stat } from 'node:fs/promises'
import { LabError } from '../domain/errors.ts'
import type { BuildContext } from './build.ts'

/**
 * What a build stands on: files and folders of the cache that are there, and the same, for as long as it goes on. The
 * cache can be deleted at any time, also under a build, and then a compiler misses files that were there: that is no
 * fault of the source. What `rm -r` is about is gone for good, since no build makes these anew.
 */
export class Ground {
  readonly #inodes = new Map<string, bigint>()
  readonly #checks: (() => Promise<string | undefined>)[] = []

  /** From now on these must be there, and no others in their places. @throws LabError SourceMissing (retryable) */
  async stand(...paths: string[]): Promise<void> {
    for (const path of paths) {
      const inode = await inodeOf(path)
      if (inode === undefined) throw disturbed(path)
      this.#inodes.set(path, inode)
    }
  }

  /** @param look returns what is missing, in the end */
  alsoLook(look: () => Promise<string | undefined>): void {
    this.#checks.push(look)
  }

  /** Which of them has gone, or is another one now. Takes no time to speak of. */
  async moved(): Promise<string | undefined> {
    for (const [path, inode] of this.#inodes) if ((await inodeOf(path)) !== inode) return path
    return undefined
  }

  /** As `moved`, and with all that is to be looked at besides. */
  async missing(): Promise<string | undefined> {
    const moved = await this.moved()
    if (moved !== undefined) return moved
    for (const look of this.#checks) {
      const missing = await look()
      if (missing !== undefined) return missing
    }
    return undefined
  }
}

/**
 * Does a part of a build, and tells its own end from that of one whose cache was deleted under it.
 * @param work whose outcome or error stands when the ground stood still
 * @throws LabError SourceMissing (retryable) when it did not; what `work` throws
 */
export async function onGround<Outcome extends { ok: boolean }>(
  context: Pick<BuildContext, 'signal'>,
  work: (ground: Ground) => Promise<Outcome>,
): Promise<Outcome> {
  const ground = new Ground()
  let outcome: Outcome
  try {
    outcome = await work(ground)
  } catch (error) {
    context.signal.throwIfAborted()
    const missing = error instanceof LabError && error.retryable ? undefined : await ground.missing()
    throw missing === undefined ? error : disturbed(missing, error)
  }
  const missing = outcome.ok ? await ground.moved() : await ground.missing()
  if (missing !== undefined) throw disturbed(missing)
  return outcome
}

/** The error of a build whose cache was changed under it. */
export function disturbed(path: string, cause?: unknown): LabError {
  const sentence = `The cache was changed while it was built from: ${path} has gone or was replaced. Delete nothing there during a build.`
  return new LabError('SourceMissing', sentence, { retryable: true, cause })
}

async function inodeOf(path: string): Promise<bigint | undefined> {
  return await stat(path, { bigint: true }).then(
    ({ ino }) => ino,
    () => undefined,
  )
}
