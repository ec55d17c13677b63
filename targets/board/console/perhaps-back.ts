import { existsSync, watch } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Return } from './reopening.ts'

/** A console server has no word for a device that is back; it must be asked. Each time costs it a connection. */
const askEveryMs = 100
/** udev gives a new tty to its group some milliseconds after it has made it: the folder sees that too, most often. */
const lookAgainMs = 500

/** For a UART behind a console server. */
export const whenAskedAgain: Return = {
  perhapsBack: async (signal) => await delay(askEveryMs, undefined, { signal }),
}

/** For a tty of this machine: when something changes in the folder of its name, or in the nearest one that exists. */
export function whenNamed(path: string): Return {
  return {
    perhapsBack: async (signal) => {
      const over = new AbortController()
      const options = { signal: AbortSignal.any([signal, over.signal]) }
      try {
        await Promise.race([changeIn(nearestFolder(path), options.signal), delay(lookAgainMs, undefined, options)])
      } finally {
        over.abort()
      }
    },
  }
}

async function changeIn(folder: string, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  signal.throwIfAborted()
  const watcher = watch(folder, { persistent: false }, () => resolve())
  // A folder that goes away while it is watched has changed.
  watcher.once('error', () => resolve())
  const abort = () => reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  try {
    await promise
  } finally {
    signal.removeEventListener('abort', abort)
    watcher.close()
  }
}

/** /dev/serial/by-id goes with the last adapter. */
function nearestFolder(path: string): string {
  const folder = dirname(path)
  return existsSync(folder) || folder === '/' ? folder : nearestFolder(folder)
}
