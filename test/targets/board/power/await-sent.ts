import { once } from 'node:events'
import { watch } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The file in which a state folder remembers its only PDU. */
export async function memoryFile(state: string): Promise<string | undefined> {
  const name = (await readdir(join(state, 'power'))).find((entry) => entry.endsWith('.json'))
  return name === undefined ? undefined : join(state, 'power', name)
}

/** Waits until a command is written down as sent and not answered: it is in flight, or about to be. */
export async function awaitSent(state: string, to: 'on' | 'off'): Promise<void> {
  await mkdir(join(state, 'power'), { recursive: true })
  const watcher = watch(join(state, 'power'))
  try {
    for (;;) {
      // Listened for before the look: it may come meanwhile.
      const changed = once(watcher, 'change')
      const file = await memoryFile(state)
      const text = file === undefined ? '' : await readFile(file, 'utf8')
      if (text.includes(`"unanswered":{"to":"${to}"`)) return
      await changed
    }
  } finally {
    watcher.close()
  }
}
