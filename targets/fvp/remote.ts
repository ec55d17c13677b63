import { basename, join } from 'node:path'
import type { Duplex } from 'node:stream'
import { LabError } from '../../domain/errors.ts'
import type { HostLink } from '../hosts/host-link.ts'
import { FarStream } from './far-stream.ts'
import { firstOf, loopbacks, tellsStopped, type ModelHost, type ModelProcess, type ModelSignal } from './model-host.ts'

/**
 * Another host, as a link reaches it. Files are put into a folder of the attempt's own there. The model has a terminal of
 * its own, so that it dies when the connection does, and its two outputs are one.
 */
export class Remote implements ModelHost {
  readonly name: string
  readonly #link: HostLink
  #folder: Promise<string> | undefined
  readonly #files = new Map<string, Promise<string>>()

  /** @param link stays the caller's: it is not closed here */
  constructor(link: HostLink) {
    this.name = link.name
    this.#link = link
  }

  async find(program: string): Promise<string | undefined> {
    const { code, stdout } = await this.#link.run(['sh', '-c', 'command -v "$1"', 'sh', program], within(10))
    const [path = ''] = stdout.split('\n')
    return code === 0 && path.startsWith('/') ? path : undefined
  }

  async ask(words: string[], seconds: number, signal: AbortSignal): Promise<{ code: number; said: string }> {
    const { code, stdout, stderr } = await this.#link.run(words, AbortSignal.any([signal, within(seconds)]))
    return { code, said: stdout + stderr }
  }

  async start(words: string[], signal: AbortSignal): Promise<ModelProcess> {
    const command = await this.#link.start(words, { terminal: true }, signal)
    return { outputs: [new FarStream(command.stream)], ended: command.ended, kill: () => command.kill() }
  }

  async signal(pid: number, ...signals: ModelSignal[]): Promise<void> {
    const script = 'pid=$1; shift; for signal; do kill -s "$signal" "$pid"; done'
    // A process that has gone is no error, and the code tells nothing else.
    await this.#link.run(['sh', '-c', script, 'sh', String(pid), ...signals], within(10))
  }

  async isStopped(pid: number): Promise<boolean> {
    const { stdout } = await this.#link.run(['cat', `/proc/${pid}/stat`], within(60))
    return tellsStopped(stdout)
  }

  async connect(port: number, signal: AbortSignal): Promise<Duplex> {
    return new FarStream(await firstOf(loopbacks, (address) => this.#link.connect(address, port, signal)))
  }

  async put(file: string, signal: AbortSignal): Promise<string> {
    const known = this.#files.get(file)
    if (known) return await known
    const there = this.#put(file, this.#files.size, signal)
    this.#files.set(file, there)
    return await there
  }

  async close(): Promise<void> {
    const folder = await this.#folder?.catch(() => undefined)
    this.#folder = undefined
    if (folder === undefined) return
    // A host that is away keeps it in its own temporary folder, which it clears itself.
    await this.#link.run(['rm', '-rf', folder], within(10)).catch(() => undefined)
  }

  /** Two files may have the same name, so each has a number. */
  async #put(file: string, number: number, signal: AbortSignal): Promise<string> {
    this.#folder ??= this.#temporaryFolder(signal)
    const there = join(await this.#folder, `${number}-${basename(file)}`)
    await this.#link.put(file, there, signal)
    return there
  }

  async #temporaryFolder(signal: AbortSignal): Promise<string> {
    const { code, stdout, stderr } = await this.#link.run(['mktemp', '-d', '/tmp/hyplab-fvp-XXXXXXXX'], signal)
    const folder = stdout.trim()
    if (code === 0 && folder.startsWith('/')) return folder
    throw new LabError('PlaceBroken', `${this.name} makes no temporary folder: ${stderr.trim() || stdout.trim()}`)
  }
}

function within(seconds: number): AbortSignal {
  return AbortSignal.timeout(seconds * 1000)
}
