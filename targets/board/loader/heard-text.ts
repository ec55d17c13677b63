/** More than any answer of a boot loader; what is older is forgotten. */
const mostKept = 256 * 1024

/**
 * What a board says on one console, as text that can be waited for. It takes copies of chunks and holds nothing back; each
 * byte is one character, so that nothing is lost in decoding.
 */
export class HeardText {
  #text = ''
  #chunks = 0
  #wake: (() => void) | undefined

  /** All that was heard since `forget`. */
  get text(): string {
    return this.#text
  }

  feed(chunk: Uint8Array): void {
    this.#chunks++
    const said = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1')
    this.#text = (this.#text + said).slice(-mostKept)
    this.#wake?.()
  }

  /** Forgets what fits a pattern: a sign that turns while one waits would else fill all that is kept. */
  drop(pattern: RegExp): void {
    this.#text = this.#text.replaceAll(pattern, '')
  }

  /** Forgets what was heard so far. */
  forget(): void {
    this.#text = ''
  }

  /**
   * Waits until the text has what is looked for. One wait at a time.
   * @param find what to look for in the text since `forget`; undefined while it is not there
   * @param silence milliseconds without a byte after which it gives up; undefined is returned then
   * @throws what `find` throws; the signal's reason when aborted
   */
  async until<T>(find: (text: string) => T | undefined, silence: number, signal: AbortSignal): Promise<T | undefined> {
    for (;;) {
      signal.throwIfAborted()
      const found = find(this.#text)
      if (found !== undefined) return found
      const heard = this.#chunks
      await this.#chunkOrSilence(silence, signal)
      // A process that stood still itself finds its timer run out before it reads what came meanwhile: look once more.
      if (this.#chunks === heard) await new Promise(setImmediate)
      if (this.#chunks === heard) return undefined
    }
  }

  async #chunkOrSilence(silence: number, signal: AbortSignal): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    let abort: (() => void) | undefined
    await new Promise<void>((resolve, reject) => {
      this.#wake = resolve
      timer = setTimeout(resolve, silence)
      abort = () => reject(signal.reason as Error)
      signal.addEventListener('abort', abort, { once: true })
    }).finally(() => {
      this.#wake = undefined
      clearTimeout(timer)
      signal.removeEventListener('abort', abort!)
    })
  }
}
