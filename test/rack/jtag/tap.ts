import type { DebugPort } from './debug-port.ts'

/** The state behind each one, with TMS 0 and with 1 (IEEE 1149.1, 6.1). */
const next = {
  reset: ['idle', 'reset'],
  idle: ['idle', 'selectDr'],
  selectDr: ['captureDr', 'selectIr'],
  captureDr: ['shiftDr', 'exit1Dr'],
  shiftDr: ['shiftDr', 'exit1Dr'],
  exit1Dr: ['pauseDr', 'updateDr'],
  pauseDr: ['pauseDr', 'exit2Dr'],
  exit2Dr: ['shiftDr', 'updateDr'],
  updateDr: ['idle', 'selectDr'],
  selectIr: ['captureIr', 'reset'],
  captureIr: ['shiftIr', 'exit1Ir'],
  shiftIr: ['shiftIr', 'exit1Ir'],
  exit1Ir: ['pauseIr', 'updateIr'],
  pauseIr: ['pauseIr', 'exit2Ir'],
  exit2Ir: ['shiftIr', 'updateIr'],
  updateIr: ['idle', 'selectDr'],
} as const
type State = keyof typeof next

/** Instructions of a JTAG debug port (Arm IHI 0031, B3.2); it has 4 bits for them. */
const instructions = { dpacc: 0xa, apacc: 0xb, idcode: 0xe, bypass: 0xf }
export const idcode = 0x4ba00477
const acknowledged = 2

/** A stand-in for the test access port of a chip with nothing in its chain but a debug port. */
export class Tap {
  readonly #port: DebugPort
  #state: State = 'reset'
  #instruction = instructions.idcode
  /** What is shifted: 35 bits at most, which a double holds exactly. */
  #shift = 0
  #length = 0

  constructor(port: DebugPort) {
    this.#port = port
  }

  /** What it puts onto TDO. */
  get tdo(): number {
    return this.#state === 'shiftDr' || this.#state === 'shiftIr' ? this.#shift % 2 : 1
  }

  /** A rising edge of TCK. */
  clock(tms: number, tdi: number): void {
    if (this.#state === 'shiftDr' || this.#state === 'shiftIr')
      this.#shift = Math.floor(this.#shift / 2) + tdi * 2 ** (this.#length - 1)
    this.#state = next[this.#state][tms]!
    if (this.#state === 'reset') this.#instruction = instructions.idcode
    else if (this.#state === 'captureIr') this.#load(1, 4)
    else if (this.#state === 'updateIr') this.#instruction = this.#shift
    else if (this.#state === 'captureDr') this.#capture()
    else if (this.#state === 'updateDr') this.#update()
  }

  reset(): void {
    this.#state = 'reset'
    this.#instruction = instructions.idcode
  }

  #load(value: number, length: number): void {
    this.#shift = value
    this.#length = length
  }

  #capture(): void {
    if (this.#instruction === instructions.idcode) this.#load(idcode, 32)
    else if (this.#isTransfer()) this.#load(this.#port.result * 8 + acknowledged, 35)
    else this.#load(0, 1)
  }

  #update(): void {
    if (!this.#isTransfer()) return
    const value = Math.floor(this.#shift / 8)
    const [read, address] = [this.#shift % 2 === 1, ((this.#shift % 8) >> 1) << 2]
    this.#port.transfer(this.#instruction === instructions.apacc, read, address, value)
  }

  #isTransfer(): boolean {
    return this.#instruction === instructions.dpacc || this.#instruction === instructions.apacc
  }
}
