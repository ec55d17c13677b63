// What QEMU's fw_cfg would have, as bytes in the memory of a machine without one. Pure. Keys, files and the script of the
// table loader are QEMU's (docs/specs/fw_cfg.rst; hw/acpi/bios-linker-loader.c), so that EDK2 needs nothing but another way
// to read them (stacks/fvp-full/edk2/FwCfgMemoryLib.c, which says what the directory is).

/** An item: its bytes, or where in memory they lie already. */
export type FwCfgItem = { key: number; bytes: Uint8Array } | { key: number; at: number; size: number }

const keys = {
  kernelSize: 0x08,
  initrdSize: 0x0b,
  kernel: 0x11,
  initrd: 0x12,
  cmdlineSize: 0x14,
  cmdline: 0x15,
  directory: 0x19,
  firstFile: 0x20,
}

/** Bytes of a file's name in fw_cfg, with the closing NUL. */
const nameBytes = 56
const headBytes = 16
const entryBytes = 16
/** Where one item's bytes begin behind another's. */
const alignment = 16

/** A piece of memory. */
export interface Piece {
  at: number
  size: number
}

/** The items by which EDK2 starts a kernel: it reads the sizes first, each in 32 bits. */
export function kernelItems(kernel: Piece, initrd: Piece, cmdline: string): FwCfgItem[] {
  const text = Buffer.from(`${cmdline}\0`)
  return [
    { key: keys.kernelSize, bytes: word(kernel.size) },
    { key: keys.kernel, ...kernel },
    { key: keys.initrdSize, bytes: word(initrd.size) },
    { key: keys.initrd, ...initrd },
    { key: keys.cmdlineSize, bytes: word(text.length) },
    { key: keys.cmdline, bytes: text },
  ]
}

/** The items of files, and of the directory of files. */
export function fileItems(files: Record<string, Uint8Array>): FwCfgItem[] {
  const named = Object.entries(files).map(([name, bytes], index) => ({ name, key: keys.firstFile + index, bytes }))
  const count = Buffer.alloc(4)
  count.writeUInt32BE(named.length)
  const entries = named.map(({ name, key, bytes }) => {
    const entry = Buffer.alloc(8 + nameBytes)
    entry.writeUInt32BE(bytes.length, 0)
    entry.writeUInt16BE(key, 4)
    entry.write(name, 8, nameBytes - 1, 'latin1')
    return entry
  })
  const items: FwCfgItem[] = named.map(({ key, bytes }) => ({ key, bytes }))
  return [{ key: keys.directory, bytes: Buffer.concat([count, ...entries]) }, ...items]
}

/**
 * The files by which EDK2 installs ACPI tables: the tables, behind pointers to each, and a script that has it allocate memory
 * for them and make the pointers right. EDK2 installs what a pointer shows to; RSDP and XSDT it makes itself.
 * @param tables each with a good checksum
 */
export function tableFiles(tables: Uint8Array[]): Record<string, Uint8Array> {
  const file = 'etc/acpi/tables'
  const pointers = Buffer.alloc(tables.length * 8)
  let at = pointers.length
  for (const [index, table] of tables.entries()) {
    pointers.writeBigUInt64LE(BigInt(at), index * 8)
    at += table.length
  }
  const allocate = scriptEntry(1)
  allocate.write(file, 4, 'latin1')
  allocate.writeUInt32LE(64, 4 + nameBytes) // alignment
  allocate.writeUInt8(1, 8 + nameBytes) // anywhere: not below 1 MiB
  const point = (_: unknown, index: number): Buffer => {
    const entry = scriptEntry(2)
    entry.write(file, 4, 'latin1') // in which file the pointer is
    entry.write(file, 4 + nameBytes, 'latin1') // into which it points
    entry.writeUInt32LE(index * 8, 4 + 2 * nameBytes)
    entry.writeUInt8(8, 8 + 2 * nameBytes) // its size
    return entry
  }
  return {
    [file]: Buffer.concat([pointers, ...tables]),
    'etc/table-loader': Buffer.concat([allocate, ...tables.map(point)]),
  }
}

/** The directory and the bytes of the items, as they lie in memory from the address `at` on. */
export function fwCfgImage(at: number, items: FwCfgItem[]): Uint8Array {
  const head = Buffer.alloc(headBytes + items.length * entryBytes)
  head.write('HYPLABFW', 0, 'latin1')
  head.writeUInt32LE(items.length, 8)
  const parts: Uint8Array[] = [head]
  let end = head.length
  for (const [index, item] of items.entries()) {
    const entry = headBytes + index * entryBytes
    if ('bytes' in item) {
      const gap = (alignment - (end % alignment)) % alignment
      parts.push(Buffer.alloc(gap), item.bytes)
      head.writeBigUInt64LE(BigInt(at + end + gap), entry)
      end += gap + item.bytes.length
    } else head.writeBigUInt64LE(BigInt(item.at), entry)
    head.writeUInt32LE('bytes' in item ? item.bytes.length : item.size, entry + 8)
    head.writeUInt16LE(item.key, entry + 12)
  }
  return Buffer.concat(parts)
}

function word(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

/** An entry of the table loader's script: 128 bytes, of which the first four say what is to be done. */
function scriptEntry(command: number): Buffer {
  const entry = Buffer.alloc(128)
  entry.writeUInt32LE(command)
  return entry
}
