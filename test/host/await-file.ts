import { once } from 'node:events'
import { watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Waits until a file is there and fits. Whoever writes it renames it into its place. @returns its text */
export async function awaitFile(file: string, fits: (text: string) => boolean = () => true): Promise<string> {
  const watcher = watch(dirname(file))
  try {
    for (;;) {
      // Listened for before the look: it may come meanwhile.
      const changed = once(watcher, 'change')
      const text = await readFile(file, 'utf8').catch(() => undefined)
      if (text !== undefined && fits(text)) return text
      await changed
    }
  } finally {
    watcher.close()
  }
}
