import { setTimeout as delay } from 'node:timers/promises'
import type { HostLink } from '../../hosts/host-link.ts'
import type { ConsoleServer } from './console-source.ts'
import { ConserverTalk } from './conserver-talk.ts'

/** How often conserver is asked. */
const askEveryMs = 1000

/**
 * Asks conserver, on a connection of its own, until a console is down: conserver does not tell when a tty goes, and would go
 * on in silence. That it cannot be asked is seen by the console's own connection, and it is asked again.
 * @param server the process of the console
 * @returns true when it is down, false when aborted
 */
export async function watchDown(
  { console, user }: { console: string; user: string },
  server: ConsoleServer,
  link: HostLink | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    try {
      return await askUntilDown(console, user, await ConserverTalk.start(server, link, signal), signal)
    } catch {
      await delay(askEveryMs, undefined, { signal }).catch(() => undefined)
    }
  }
  return false
}

async function askUntilDown(console: string, user: string, talk: ConserverTalk, signal: AbortSignal): Promise<true> {
  try {
    await talk.logIn(user)
    while (!(await talk.isDown(console))) await delay(askEveryMs, undefined, { signal })
    return true
  } finally {
    talk.connection.destroy()
  }
}
