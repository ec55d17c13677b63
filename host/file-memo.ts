import { stat } from 'node:fs/promises'

/**
 * What was worked out from a file, kept in this process for as long as the file stays what it is by its stamp, which is also
 * what make and ccache go by.
 */
export class FileMemo<Value> {
  readonly #known = new Map<string, { stamp: string; value: Promise<Value> }>()

  /**
   * @param path the file; symbolic links are followed, so that another target of one is a change
   * @param question tells apart what is worked out from the same file
   * @param work works it out; one that fails is tried again the next time
   * @throws what `stat` throws when there is no such file, and what `work` throws
   */
  async of(path: string, question: string, work: () => Promise<Value>): Promise<Value> {
    const stamp = await stampOf(path)
    const key = `${path}\0${question}`
    const known = this.#known.get(key)
    if (known?.stamp === stamp) return await known.value
    const value = work()
    this.#known.set(key, { stamp, value })
    try {
      return await value
    } catch (error) {
      if (this.#known.get(key)?.value === value) this.#known.delete(key)
      throw error
    }
  }
}

/**
 * What a file is told from another by without reading it: inode, size and times.
 * @throws what `stat` throws when there is no such file
 */
export async function stampOf(path: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
}
