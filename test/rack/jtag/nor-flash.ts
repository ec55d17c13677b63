/** What a bus has at its addresses. An access may be of 1, 2 or 4 bytes; an address is counted from the device's start. */
export interface BusDevice {
  readonly size: number
  read(address: number, bytes: number): number
  write(address: number, value: number, bytes: number): void
}

/** Memory that holds what is written. */
export function ram(content: Buffer): BusDevice {
  return {
    size: content.length,
    read: (address, bytes) => content.readUIntLE(address, bytes),
    write: (address, value, bytes) => void content.writeUIntLE(value, address, bytes),
  }
}

/** What the flash stand-in does wrong, while a test has it so. */
export interface FlashFaults {
  /** All blocks are locked, and stay so. */
  locked: boolean
  /** A block that is erased says that it was, and keeps what it has. */
  worn: boolean
}

export const blockSize = 256
/** Bits of the status register (JESD68, Intel's command set). */
const status = { ready: 0x80, eraseFailed: 0x20, programFailed: 0x10, locked: 0x02 }

/**
 * A stand-in for parallel NOR flash of 16 bits that is spoken to by the Common Flash Interface (JEDEC JESD68.01) with Intel's
 * command set: erased by block, programmed by word, and bits only ever go from 1 to 0 by programming.
 */
export function norFlash(content: Buffer, faults: FlashFaults): BusDevice {
  const query = queryTable(content.length)
  let mode: 'array' | 'query' | 'id' | 'status' = 'array'
  let pending: number | undefined
  let said = status.ready

  function finish(address: number, value: number): void {
    const command = pending
    pending = undefined
    mode = 'status'
    if (command === 0x60) return
    if (faults.locked) {
      said |= status.locked | (command === 0x20 ? status.eraseFailed : status.programFailed)
      return
    }
    if (command === 0x20 && value === 0xd0) {
      const start = address - (address % blockSize)
      if (!faults.worn) content.fill(0xff, start, start + blockSize)
    } else if (command === 0x40) content.writeUInt16LE(content.readUInt16LE(address) & value, address)
  }

  return {
    size: content.length,
    read(address, bytes) {
      if (mode === 'array') return content.readUIntLE(address, bytes)
      if (mode === 'status') return said
      const word = (address >> 1) % 0x100
      if (mode === 'query') return query[word] ?? 0
      // Manufacturer, device; of a block whether it is locked.
      return [0x89, 0x8919, faults.locked ? 1 : 0][word] ?? 0
    },
    write(address, value) {
      if (pending !== undefined) return finish(address, value & 0xffff)
      switch (value & 0xff) {
        case 0xff:
          mode = 'array'
          return
        case 0x98:
          mode = 'query'
          return
        case 0x90:
          mode = 'id'
          return
        case 0x70:
          mode = 'status'
          return
        case 0x50:
          said = status.ready
          return
        case 0x20:
        case 0x40:
        case 0x60:
          pending = value & 0xff
          mode = 'status'
          return
      }
    },
  }
}

/** What a query is answered with, a byte for each word of 16 bits. */
function queryTable(size: number): number[] {
  const table: number[] = []
  const put = (at: number, ...bytes: number[]): void => bytes.forEach((byte, n) => (table[at + n] = byte))
  put(0x10, ...Buffer.from('QRY'), 0x01, 0x00, 0x31, 0x00)
  // Volts, and how long a word and a block take: powers of two of microseconds and of milliseconds.
  put(0x1b, 0x27, 0x36, 0, 0, 4, 0, 4, 0, 4, 0, 4, 0)
  const blocks = size / blockSize - 1
  // Its size as a power of two, 16 bits wide, no buffer, one kind of block.
  put(
    0x27,
    Math.log2(size),
    1,
    0,
    0,
    0,
    1,
    blocks & 0xff,
    blocks >> 8,
    (blockSize / 256) & 0xff,
    (blockSize / 256) >> 8,
  )
  put(0x31, ...Buffer.from('PRI'), 0x31, 0x31, 0, 0, 0, 0, 0, 0, 0)
  return table
}
