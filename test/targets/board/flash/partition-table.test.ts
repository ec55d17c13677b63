import { expect, test } from 'vitest'
import { partitionStart, tableBytes } from '../../../../targets/board/flash/partition-table.ts'

function mbr(types: number[]): Buffer {
  const table = Buffer.alloc(tableBytes)
  types.forEach((type, n) => {
    table[446 + 16 * n + 4] = type
    table.writeUInt32LE(2048 * (n + 1), 446 + 16 * n + 8)
  })
  table.writeUInt16LE(0xaa55, 510)
  return table
}

function gpt(starts: number[]): Buffer {
  const table = mbr([0xee])
  table.write('EFI PART', 512, 'latin1')
  table.writeBigUInt64LE(2n, 512 + 72)
  table.writeUInt32LE(128, 512 + 80)
  table.writeUInt32LE(128, 512 + 84)
  starts.forEach((start, n) => {
    if (start === 0) return
    table[1024 + 128 * n] = 0xaf
    table.writeBigUInt64LE(BigInt(start), 1024 + 128 * n + 32)
  })
  return table
}

test('partitions are found in an MBR and in a GPT, and a medium without any is one from its start', () => {
  expect(partitionStart(mbr([0x0c, 0x83]), 2, 'card')).toBe(4096 * 512)
  expect(partitionStart(gpt([34, 0, 8_000_000_000]), 3, 'card')).toBe(8_000_000_000 * 512)
  expect(partitionStart(Buffer.alloc(tableBytes), 0, 'card')).toBe(0)
})

test.each([
  [Buffer.alloc(tableBytes), 1, 'card has no partition 1: it has no partition table.'],
  [Buffer.alloc(0), 1, 'card has no partition 1: it has no partition table.'],
  [mbr([0x0c]), 2, 'card has no partition 2: that entry of its table is empty.'],
  [mbr([0x0c]), 5, 'card has no partition 5: partitions of an MBR are numbered from 1 to 4 here.'],
  [mbr([0x0f]), 1, 'card has no partition 1: it is an extended one, which holds others.'],
  [gpt([34, 0]), 2, 'card has no partition 2: that entry of its GPT is empty.'],
  [gpt([34]), 129, 'card has no partition 129: its GPT has 128 entries.'],
  [mbr([0xee]), 1, 'card has no partition 1: its GPT has no header.'],
])('a partition that is not there is told apart: %#', (table, number, sentence) => {
  expect(() => partitionStart(table, number, 'card')).toThrow(sentence)
})
