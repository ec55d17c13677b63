import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dsdtWithTpm, findTable, tpm2Table } from '../../../targets/qemu/acpi-tables.ts'

function table(signature: string, body: number[] = []): Buffer {
  const bytes = Buffer.alloc(36 + body.length)
  bytes.write(signature, 0, 'latin1')
  bytes.writeUInt32LE(bytes.length, 4)
  bytes.set(body, 36)
  return bytes
}

function sum(bytes: Uint8Array): number {
  return bytes.reduce((total, byte) => total + byte, 0) & 0xff
}

test('the TPM2 table says: command buffer, started by FF-A, by this partition', () => {
  const bytes = Buffer.from(tpm2Table(0x8003))
  expect(bytes.toString('latin1', 0, 4)).toBe('TPM2')
  expect(bytes.readUInt32LE(4)).toBe(bytes.length)
  expect(bytes.readBigUInt64LE(40)).toBe(0xc000_0040n)
  expect(bytes.readUInt32LE(48)).toBe(15)
  expect(bytes.readUInt16LE(54)).toBe(0x8003)
  expect(sum(bytes)).toBe(0)
})

test('the DSDT keeps every byte of its own behind the header, and the lengths in what is added fit', () => {
  const own = table('DSDT', [0x08, 0x58, 0x5f, 0x5f, 0x5f, 0x00])
  const bytes = Buffer.from(dsdtWithTpm(own))
  expect(bytes.subarray(36, own.length)).toEqual(own.subarray(36))
  expect(bytes.readUInt32LE(4)).toBe(bytes.length)
  expect(sum(bytes)).toBe(0)
  // Scope, its package length in two bytes, \_SB_, Device, its package length in one, TPM0 (ACPI 6.5, 20.2.4).
  const added = bytes.subarray(own.length)
  const long = (at: number): number => (added[at]! & 0x0f) | (added[at + 1]! << 4)
  expect([added[0], added.toString('latin1', 3, 8), added[8], added[9]]).toEqual([0x10, '\\_SB_', 0x5b, 0x82])
  expect(long(1)).toBe(added.length - 1)
  expect(added[10]).toBe(added.length - 10)
  expect(added.toString('latin1', 11, 15)).toBe('TPM0')
})

test('a table is found wherever it stands, and any other bytes are none', () => {
  const tables = Buffer.concat([table('FACP', [1, 2, 3]), table('DSDT', [7]), table('APIC')])
  expect(findTable(tables, 'DSDT')).toEqual(table('DSDT', [7]))
  expect(findTable(tables, 'TPM2')).toBeUndefined()
  expect(findTable(tables.subarray(0, 70), 'DSDT')).toBeUndefined()
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => findTable(bytes, 'DSDT')?.length !== 0))
})
