import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { closed } from './closing.ts'
import type { KeptFile } from './kept-model.ts'
import { Lines } from './ports.ts'

/** How many of its last lines are a model's last words. */
const lastLines = 5

/**
 * What a model prints, its two outputs as they come, kept in a file; but for the first line of the first one, which is our
 * own shell's and says the pid.
 */
export class ModelOutput {
  /** The model's own pid; never settles where it could not even be started. */
  readonly pid: Promise<number>
  /** Rejects with LabError DiskFull when something could not be kept; never resolves. */
  readonly failed: Promise<never>
  readonly #log: KeptFile
  readonly #outputs: Readable[]

  /**
   * @param log closed when the model's end was read
   * @param line gets each line of either output as soon as it is whole
   */
  constructor(log: KeptFile, outputs: Readable[], line: (line: string) => void) {
    this.#log = log
    this.#outputs = outputs
    const started = Promise.withResolvers<number>()
    const failure = Promise.withResolvers<never>()
    failure.promise.catch(() => undefined)
    this.pid = started.promise
    this.failed = failure.promise
    for (const [n, output] of outputs.entries()) {
      const lines = new Lines()
      let head: string | undefined = n === 0 ? '' : undefined
      output.on('error', () => undefined)
      output.on('data', (chunk: Buffer) => {
        let bytes = chunk
        if (head !== undefined) {
          const end = chunk.indexOf('\n')
          head += chunk.subarray(0, end < 0 ? chunk.length : end).toString('latin1')
          if (end < 0) return
          started.resolve(Number(head))
          head = undefined
          bytes = chunk.subarray(end + 1)
        }
        try {
          log.append(bytes)
        } catch (error) {
          failure.reject(error as Error)
        }
        for (const one of lines.feed(bytes.toString('latin1'))) line(one)
      })
    }
  }

  /** All that was printed so far. */
  text(): string {
    return readFileSync(this.#log.path, 'latin1')
  }

  /** The model's last words in one line; `nothing` when it never had any. */
  lastWords(): string {
    const lines = this.text()
      .split('\n')
      .map((one) => one.trim())
      .filter((one) => one !== '')
    return lines.slice(-lastLines).join(' / ') || 'nothing'
  }

  /** Waits until all was read that a model which has gone had printed. Can be called twice. */
  async end(): Promise<void> {
    await Promise.all(this.#outputs.map((output) => closed(output)))
    this.#log.close()
  }
}
