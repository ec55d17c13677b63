import { randomUUID } from 'node:crypto'
import { link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Writes a file, so that whoever reads it finds the old text or the new one, also after a power cut.
 * @param mode who may read it, as far as the umask has it; only this user where none is given
 */
export async function replaceFile(path: string, text: string, mode = 0o600): Promise<void> {
  const draft = await writeDraft(path, text, mode)
  try {
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await sync(dirname(path))
}

/**
 * As `replaceFile`, but leaves alone what is there already.
 * @returns false when the file existed.
 */
export async function createFile(path: string, text: string): Promise<boolean> {
  const draft = await writeDraft(path, text, 0o600)
  try {
    // A link fails where a rename would replace.
    await link(draft, path)
    await sync(dirname(path))
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function writeDraft(path: string, text: string, mode: number): Promise<string> {
  const draft = `${path}.${process.pid}.${randomUUID()}.part`
  const file = await open(draft, 'wx', mode)
  try {
    await file.writeFile(text)
    // The bytes before the name: a power cut would else leave the name with nothing behind it.
    await file.sync()
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  } finally {
    await file.close()
  }
  return draft
}

async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
