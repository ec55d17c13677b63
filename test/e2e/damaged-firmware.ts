import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { foldersFrom } from '../../host/folders.ts'

/** A function of an ELF file. */
interface Code {
  address: number
  bytes: Buffer
}

/** Where firmware builds leave the ELF files of which they make images, below the cache's `firmware`. */
const elfs = {
  'OP-TEE': '{*,*/optee}/out/core/tee.elf',
  'TF-A': '{*,*/tfa}/out/qemu/release/bl31/bl31.elf',
} as const

/**
 * Takes a flash image and damages the function of that name in it: its first words are overwritten by those that `put`
 * returns, which gets the address of any function of the same file (A64 instructions, the first for the function's own).
 * @throws Error when no build in the cache has the function as it stands in the image, or it stands there more than once
 */
export function damage(
  image: Buffer,
  whose: keyof typeof elfs,
  name: string,
  put: (addressOf: (name: string) => number) => number[],
): Buffer {
  const firmware = join(foldersFrom().cache, 'firmware')
  for (const path of globSync(elfs[whose], { cwd: firmware })) {
    const elf = readFileSync(join(firmware, path))
    const code = functionOf(elf, name)
    const at = image.indexOf(code.bytes)
    if (at < 0) continue
    if (image.includes(code.bytes, at + 1)) throw new Error(`${name} is in the image twice`)
    const damaged = Buffer.from(image)
    put((other) => functionOf(elf, other).address).forEach((word, n) => damaged.writeUInt32LE(word, at + 4 * n))
    return damaged
  }
  throw new Error(
    `no ELF file below ${firmware} (${existsSync(firmware) ? 'there' : 'missing'}) has ${name} of the image`,
  )
}

/** A64 `bl`: Arm DDI 0487, C6.2 BL. Takes both addresses. */
export function branchWithLink(from: number, to: number): number {
  return (0x94000000 | (((to - from) >> 2) & 0x3ffffff)) >>> 0
}

/** ELF64, little endian: the symbol table's entry (24 bytes: name, info, other, section, value, size) and what it names. */
function functionOf(elf: Buffer, name: string): Code {
  const number = (at: number): number => Number(elf.readBigUInt64LE(at))
  const [headers, size, count] = [number(0x28), elf.readUInt16LE(0x3a), elf.readUInt16LE(0x3c)]
  const section = (index: number) => {
    const at = headers + index * size
    const [address, offset, length] = [number(at + 0x10), number(at + 0x18), number(at + 0x20)]
    return { type: elf.readUInt32LE(at + 4), address, offset, length, link: elf.readUInt32LE(at + 0x28) }
  }
  const table = Array.from({ length: count }, (_, index) => section(index)).find(({ type }) => type === 2)
  if (!table) throw new Error('the ELF file has no symbol table')
  const names = section(table.link)
  for (let at = table.offset; at < table.offset + table.length; at += 24) {
    const start = names.offset + elf.readUInt32LE(at)
    if (elf.toString('latin1', start, elf.indexOf(0, start)) !== name) continue
    const home = section(elf.readUInt16LE(at + 6))
    const address = number(at + 8)
    const from = home.offset + address - home.address
    return { address, bytes: elf.subarray(from, from + number(at + 16)) }
  }
  throw new Error(`the ELF file has no ${name}`)
}
