import type { BusDevice } from './nor-flash.ts'

/** A device of the bus, and where it begins. */
export interface Mapped {
  at: number
  device: BusDevice
}

/** Registers of a debug port (Arm IHI 0031, B2.2), by their address. */
const dp = { ctrlStat: 0x4, select: 0x8, rdbuff: 0xc }
/** Registers of a memory access port (C2.6). */
const ap = { csw: 0x00, tar: 0x04, drw: 0x0c, bank: 0x10, cfg: 0xf4, base: 0xf8, idr: 0xfc }
const stickyError = 0x20
/** An AHB access port of Arm's. */
const identity = 0x24770011

/**
 * A stand-in for Arm's debug port (ADIv5) with one memory access port, 0, behind which there is a bus and no core: as much
 * of it as OpenOCD's target `mem_ap` uses.
 */
export class DebugPort {
  readonly #bus: Mapped[]
  #ctrl = 0
  #select = 0
  #csw = 0x42
  #tar = 0
  /** What the read before this one gave. */
  #result = 0

  constructor(bus: Mapped[]) {
    this.#bus = bus
  }

  /** What the read before gave; it is shifted out while the next one comes in. */
  get result(): number {
    return this.#result
  }

  /** A transfer. @param toAp whether it is of the access port @param address its register's, in this bank */
  transfer(toAp: boolean, read: boolean, address: number, value: number): void {
    if (toAp) {
      const register = (this.#select & 0xf0) | address
      // Nothing else is there than access port 0.
      if (this.#select >>> 24 !== 0) this.#result = 0
      else if (read) this.#result = this.#readAp(register)
      else this.#writeAp(register, value)
    } else if (read) this.#result = address === dp.ctrlStat ? this.#ctrl : 0
    else if (address === dp.ctrlStat) {
      const power = value & 0x50000000
      const error = this.#ctrl & stickyError & ~value
      this.#ctrl = (power | (power << 1) | error) >>> 0
    } else if (address === dp.select) this.#select = value
  }

  #readAp(register: number): number {
    switch (register) {
      case ap.csw:
        return this.#csw
      case ap.tar:
        return this.#tar
      case ap.drw: {
        const value = this.#access(this.#tar)
        this.#increment()
        return value
      }
      case ap.base:
        return 0xffffffff
      case ap.idr:
        return identity
      default:
        return (register & 0xf0) === ap.bank ? this.#access((this.#tar & ~0xf) + (register & 0xf), undefined, 4) : 0
    }
  }

  #writeAp(register: number, value: number): void {
    if (register === ap.csw) {
      // No packed transfers: it stays at single ones.
      const increment = (value & 0x30) === 0x20 ? 0x10 : value & 0x30
      this.#csw = ((value & ~0x30) | increment | 0x40) >>> 0
    } else if (register === ap.tar) this.#tar = value
    else if (register === ap.drw) {
      this.#access(this.#tar, value)
      this.#increment()
    } else if ((register & 0xf0) === ap.bank) this.#access((this.#tar & ~0xf) + (register & 0xf), value, 4)
  }

  /** A byte or a half word is in the lane of its address. */
  #access(address: number, value?: number, bytes = 1 << (this.#csw & 7)): number {
    const found = this.#bus.find(({ at, device }) => address >= at && address + bytes <= at + device.size)
    if (!found) {
      this.#ctrl = (this.#ctrl | stickyError) >>> 0
      return 0
    }
    const lane = (address & 3) * 8
    const offset = address - found.at
    if (value === undefined) return (found.device.read(offset, bytes) << lane) >>> 0
    const mask = bytes === 4 ? 0xffffffff : (1 << (bytes * 8)) - 1
    found.device.write(offset, ((value >>> lane) & mask) >>> 0, bytes)
    return 0
  }

  #increment(): void {
    if ((this.#csw & 0x30) !== 0) this.#tar += 1 << (this.#csw & 7)
  }
}
