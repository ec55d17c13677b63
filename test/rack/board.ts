import { join } from 'node:path'
import { startGuarded, type GuardedProcess } from '../../host/guarded-process.ts'

/** What a virtual board is made of. */
export interface BoardParts {
  name: string
  /** QEMU's arguments but for its UARTs. */
  machine: string[]
  /** The board's ends of its cables, one for each UART, in QEMU's order. */
  uarts: { name: string; socket: string }[]
  folder: string
}

/**
 * A stand-in for a board: QEMU behind an outlet. The outlet is a thing of its own: it stays on when the board has powered
 * itself off, as a real one does.
 */
export class VirtualBoard {
  readonly #parts: BoardParts
  #outlet: 'on' | 'off' = 'off'
  #running: GuardedProcess | undefined

  constructor(parts: BoardParts) {
    this.#parts = parts
  }

  get outlet(): 'on' | 'off' {
    return this.#outlet
  }

  /** Whether the machine behind the outlet has power and has not powered itself off. */
  get runs(): boolean {
    return this.#running !== undefined
  }

  async set(to: 'on' | 'off'): Promise<void> {
    this.#outlet = to
    if (to === 'off') await this.#cut()
    else if (!this.#running) this.#start()
  }

  /** What a crash of the machine is like: it has gone, and the outlet is on. */
  async crash(): Promise<void> {
    await this.#cut()
  }

  #start(): void {
    const { name, machine, uarts, folder } = this.#parts
    const serials = uarts.flatMap((uart) => [
      '-chardev',
      `socket,id=${uart.name},path=${uart.socket}`,
      '-serial',
      `chardev:${uart.name}`,
    ])
    const args = ['-name', name, '-nodefaults', '-display', 'none', '-no-user-config', ...machine, ...serials]
    const running = startGuarded('qemu-system-aarch64', args, { logFile: join(folder, `${name}.log`) })
    this.#running = running
    void running.ended.then(() => {
      if (this.#running === running) this.#running = undefined
    })
  }

  async #cut(): Promise<void> {
    const running = this.#running
    running?.kill('SIGKILL')
    await running?.ended
  }
}
