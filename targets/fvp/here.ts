import { access, constants, readFile } from 'node:fs/promises'
import { connect as tcpConnect } from 'node:net'
import { isAbsolute } from 'node:path'
import type { Duplex } from 'node:stream'
import { LabError } from '../../domain/errors.ts'
import { findProgram } from '../../host/find-program.ts'
import { startGuarded } from '../../host/guarded-process.ts'
import { run } from '../../host/run.ts'
import { isRunning, seeProcess, type ProcessIdentity } from '../../host/process-identity.ts'
import { firstOf, loopbacks, tellsStopped, type ModelHost, type ModelProcess, type ModelSignal } from './model-host.ts'

/**
 * A shell starts what runs in the background with SIGINT ignored (POSIX XCU 2.11), and so does a guard, which is one: a model
 * would never hear it.
 */
const withInterrupt = ['--default-signal=INT']

/** This host. A model here is bound to the life of this process. */
export class Here implements ModelHost {
  readonly name = 'this host'
  /** Those that were signalled before: a pid may be given to a stranger. */
  readonly #known = new Map<number, ProcessIdentity>()

  async find(program: string): Promise<string | undefined> {
    if (!isAbsolute(program)) return program.includes('/') ? undefined : await findProgram(program)
    return await access(program, constants.X_OK).then(
      () => program,
      () => undefined,
    )
  }

  async ask(words: string[], seconds: number, signal: AbortSignal): Promise<{ code: number; said: string }> {
    const [command = '', ...args] = words
    const late = AbortSignal.timeout(seconds * 1000)
    try {
      const { code, stdout, stderr } = await run(command, args, { signal: AbortSignal.any([signal, late]) })
      return { code, said: stdout + stderr }
    } catch (error) {
      signal.throwIfAborted()
      if (!late.aborted) throw error
      throw new LabError('PlaceBroken', `${words.join(' ')} did not end within ${seconds} s.`, { retryable: true })
    }
  }

  async start(words: string[]): Promise<ModelProcess> {
    const guarded = startGuarded('env', [...withInterrupt, ...words])
    return {
      outputs: [guarded.child.stdout, guarded.child.stderr].filter((stream) => stream !== null),
      ended: guarded.ended,
      pgid: guarded.pgid,
      kill: async () => guarded.kill('SIGKILL'),
    }
  }

  async signal(pid: number, ...signals: ModelSignal[]): Promise<void> {
    const known = this.#known.get(pid) ?? seeProcess(pid)
    if (!known || !isRunning(known)) return
    this.#known.set(pid, { pid, start: known.start })
    try {
      for (const signal of signals) process.kill(pid, `SIG${signal}`)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  async isStopped(pid: number): Promise<boolean> {
    return tellsStopped(await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ''))
  }

  async connect(port: number, signal: AbortSignal): Promise<Duplex> {
    signal.throwIfAborted()
    try {
      return await firstOf(loopbacks, (address) => connectTo(address, port, signal))
    } catch (cause) {
      signal.throwIfAborted()
      const why = cause instanceof Error ? cause.message : String(cause)
      const sentence = `The model's port ${port} cannot be connected to: ${why}`
      throw new LabError('PlaceBroken', sentence, { retryable: true, cause })
    }
  }

  async put(file: string): Promise<string> {
    return file
  }

  async close(): Promise<void> {}
}

async function connectTo(host: string, port: number, signal: AbortSignal): Promise<Duplex> {
  signal.throwIfAborted()
  const socket = tcpConnect({ host, port, noDelay: true })
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>()
  const abort = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', abort, { once: true })
  socket.once('connect', () => resolve(socket))
  socket.once('error', reject)
  try {
    return await promise
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
