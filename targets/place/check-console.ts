import type { PlaceConsole } from '../../domain/lab/inventory.ts'
import { ConsoleFault } from '../board/console/console-fault.ts'
import { consoleOf } from '../board/console/console-of.ts'
import type { HostLink } from '../hosts/host-link.ts'

/**
 * Opens a console and closes it.
 * @returns what was seen: one sentence
 * @throws LabError PlaceBroken in the words of the console server or the host; the signal's reason when aborted
 */
export async function checkConsole(
  { source }: PlaceConsole,
  link: (host: string) => HostLink,
  signal: AbortSignal,
): Promise<string> {
  const { vanishes = false, ...steady } = source
  try {
    // Without the patience for one that vanishes, which would wait for the board's power.
    const line = await consoleOf(steady, link).open(signal)
    await line.close()
  } catch (error) {
    if (!vanishes || !(error instanceof ConsoleFault) || error.kind !== 'no-device') throw error
    return 'It is away, as it may be while its board is off.'
  }
  return 'It opens.'
}

/** The host that a console is reached through; undefined for this one. */
export function hostOfConsole({ source }: PlaceConsole): string | undefined {
  switch (source.kind) {
    case 'tcp':
    case 'conserver':
      return source.via
    case 'tty':
      return undefined
    case 'ssh':
    case 'command':
      return source.host
  }
}
