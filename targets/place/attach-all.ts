import { LabError } from '../../domain/errors.ts'
import { ConsoleFault } from '../board/console/console-fault.ts'
import type { Attached } from '../board/powered-board.ts'

/**
 * All consoles of a place, or none: a boot with half of its consoles is worth nothing.
 * @param place for sentences
 * @param opening each console while it is being attached
 * @throws what attaching the first one threw; LabError PlaceBroken for all at once when one server refuses all of several
 */
export async function attachAll(place: string, opening: Promise<Attached>[]): Promise<Attached[]> {
  const opened = await Promise.allSettled(opening)
  const attached = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failed = opened.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  if (failed.length === 0) return attached
  await Promise.all(attached.map(({ line }) => line.close()))
  throw deadServer(place, failed) ?? failed[0]
}

/** One console that is refused may be misspelt; that all of a server's are shows that the server itself has died. */
function deadServer(place: string, failed: readonly unknown[]): LabError | undefined {
  const refused = failed.flatMap((error) =>
    error instanceof ConsoleFault && error.kind === 'refused' && error.server ? [error.server] : [],
  )
  const [first, ...others] = refused
  if (!first || others.length === 0 || refused.length < failed.length) return undefined
  if (others.some(({ address, via }) => address !== first.address || via !== first.via)) return undefined
  const sentence = `The console server at ${first.address} has died: it refuses all ${refused.length} consoles of ${place} that it serves. Start it again.`
  return new LabError('PlaceBroken', sentence, { retryable: true, cause: failed[0] })
}
