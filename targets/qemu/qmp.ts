import { EventEmitter, once } from 'node:events'
import type { Duplex } from 'node:stream'
import { createInterface } from 'node:readline'
import { LabError } from '../../domain/errors.ts'

/** An event as QEMU sends it, e.g. SHUTDOWN with `{ guest: true, reason: 'guest-shutdown' }` (qapi/run-state.json). */
export interface QmpEvent {
  event: string
  data?: Record<string, unknown>
}

interface Waiting {
  command: string
  resolve: (value: unknown) => void
  reject: (error: LabError) => void
}

/** What QEMU may say: a greeting, an answer, an error or an event (docs/interop/qmp-spec.rst). */
interface QmpMessage extends Partial<QmpEvent> {
  QMP?: unknown
  id?: number
  return?: unknown
  error?: { class: string; desc: string }
}

/** The client of one QEMU's machine protocol, over a socket that is connected already. */
export class Qmp {
  readonly #socket: Duplex
  readonly #waiting = new Map<number, Waiting>()
  readonly #events = new EventEmitter<{ event: [QmpEvent]; greeting: [] }>()
  readonly #gone: Promise<void>
  #next = 1
  #closed = false

  constructor(socket: Duplex) {
    this.#socket = socket
    // A QEMU that was killed hangs up with a reset; that it has gone is all there is to know.
    socket.on('error', () => undefined)
    this.#gone = new Promise((resolve) => {
      socket.once('close', () => {
        this.#close()
        resolve()
      })
    })
    const lines = createInterface({ input: socket, crlfDelay: Infinity })
    lines.on('error', () => undefined)
    lines.on('line', (line) => this.#read(line))
  }

  /** Calls back for each event that QEMU sends from now on. */
  onEvent(listener: (event: QmpEvent) => void): void {
    this.#events.on('event', listener)
  }

  /**
   * Waits for QEMU's greeting and leaves negotiation mode. To be called once, at once.
   * @param patience aborted when it has lasted long enough: the connection is closed then
   * @throws LabError TargetBroken when the connection closes before
   */
  async open(patience: AbortSignal): Promise<void> {
    const hangUp = (): void => void this.#socket.destroy()
    patience.addEventListener('abort', hangUp, { once: true })
    // It tells of no abort that came before: who was cancelled meanwhile would wait for ever.
    if (patience.aborted) hangUp()
    try {
      const greeted = once(this.#events, 'greeting').then(() => true)
      if (!(await Promise.race([greeted, this.#gone.then(() => false)]))) throw lost('greeting')
      await this.execute('qmp_capabilities')
    } finally {
      patience.removeEventListener('abort', hangUp)
    }
  }

  /**
   * Runs one command and returns what QEMU answers.
   * @throws LabError TargetBroken when QEMU refuses the command or goes away before it answers
   */
  execute(command: string, args?: Record<string, unknown>): Promise<unknown> {
    if (this.#closed) return Promise.reject(lost(command))
    const id = this.#next++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { command, resolve, reject })
      this.#socket.write(`${JSON.stringify({ execute: command, id, ...(args ? { arguments: args } : {}) })}\n`)
    })
  }

  #read(line: string): void {
    let message: QmpMessage
    try {
      message = JSON.parse(line) as QmpMessage
    } catch {
      this.#socket.destroy()
      return
    }
    if (message.QMP !== undefined) this.#events.emit('greeting')
    if (message.event !== undefined) this.#events.emit('event', { event: message.event, data: message.data ?? {} })
    const waiting = message.id === undefined ? undefined : this.#waiting.get(message.id)
    if (!waiting || message.id === undefined) return
    this.#waiting.delete(message.id)
    if (message.error) waiting.reject(refused(waiting.command, message.error.desc))
    else waiting.resolve(message.return)
  }

  #close(): void {
    this.#closed = true
    for (const { command, reject } of this.#waiting.values()) reject(lost(command))
    this.#waiting.clear()
  }
}

function refused(command: string, why: string): LabError {
  return new LabError('TargetBroken', `QEMU refused the command ${command}: ${why}.`)
}

function lost(command: string): LabError {
  const sentence = `QEMU closed its control connection before it answered ${command}.`
  return new LabError('TargetBroken', sentence, { retryable: true })
}
