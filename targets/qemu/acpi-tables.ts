// The ACPI tables that make an operating system find a TPM behind FF-A. Pure: bytes in, bytes out. EDK2 puts them in the
// place of QEMU's own (fw_cfg files opt/hyplab/acpi/SIGNATURE).

import { servicesAddress } from '../../domain/virt-machine.ts'

/**
 * The TPM's command/response buffer as the normal world sees it: one page for each of five localities. QEMU gives us
 * RAM there (machine.ts), outside of the RAM that the kernel knows, which tpm_crb would not map.
 */
export const crb = { base: servicesAddress, bytes: 0x5000 }

const headerBytes = 36
const checksumAt = 9

/**
 * The TPM2 table (TCG ACPI Specification 1.4, 8; start method 15 and its parameters: Arm DEN0138). The control area is
 * behind the locality registers of locality 0, which are 0x40 bytes.
 * @param partition FF-A id of the partition that starts commands
 */
export function tpm2Table(partition: number): Uint8Array {
  const bytes = Buffer.alloc(76)
  bytes.write('TPM2', 0, 'latin1')
  bytes.writeUInt32LE(bytes.length, 4)
  bytes.writeUInt8(4, 8) // revision
  bytes.write('HYPLAB', 10, 'latin1')
  bytes.write('FFA-TPM ', 16, 'latin1')
  bytes.writeUInt32LE(1, 24)
  bytes.write('HLAB', 28, 'latin1')
  bytes.writeUInt32LE(1, 32)
  // Platform class 0 is a client, whose log has no pointer here: Linux takes it from EFI.
  bytes.writeBigUInt64LE(BigInt(crb.base + 0x40), 40)
  bytes.writeUInt32LE(15, 48) // start method: CRB with FF-A
  // At 52: flags and attributes, none; then the partition, then 8 bytes of zero.
  bytes.writeUInt16LE(partition, 54)
  return withChecksum(bytes)
}

/**
 * QEMU's own DSDT with the TPM device at its end.
 * @param dsdt that of a machine without a TPM, so that there is no other device of that name
 */
export function dsdtWithTpm(dsdt: Uint8Array): Uint8Array {
  const bytes = Buffer.concat([dsdt, tpmDevice()])
  bytes.writeUInt32LE(bytes.length, 4)
  return withChecksum(bytes)
}

/**
 * Finds a table in QEMU's fw_cfg file etc/acpi/tables, where they stand one behind the other (hw/acpi/aml-build.c,
 * QEMU 10.0).
 * @returns the table's bytes as they stand there, without a checksum yet; undefined when it is not there
 */
export function findTable(tables: Uint8Array, signature: string): Uint8Array | undefined {
  const bytes = Buffer.from(tables.buffer, tables.byteOffset, tables.length)
  for (let at = 0; at + headerBytes <= bytes.length;) {
    const length = bytes.readUInt32LE(at + 4)
    if (length < headerBytes || at + length > bytes.length) return undefined
    if (bytes.toString('latin1', at, at + 4) === signature) return bytes.subarray(at, at + length)
    at += length
  }
  return undefined
}

/** All bytes of a table add up to 0 (ACPI 6.5, 5.2.6). */
function withChecksum(bytes: Buffer): Buffer {
  bytes[checksumAt] = 0
  bytes[checksumAt] = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff
  return bytes
}

/**
 * `Scope (\_SB) { Device (TPM0) { _HID MSFT0101, _UID 0, _STA 15, _CRS the buffer } }` in AML (ACPI 6.5, 20.2). The
 * hardware id is the one that the TPM drivers bind to.
 */
function tpmDevice(): Buffer {
  const resources = Buffer.alloc(14)
  resources.set([0x86, 9, 0, 1]) // Memory32Fixed, read and write (6.4.3.4)
  resources.writeUInt32LE(crb.base, 4)
  resources.writeUInt32LE(crb.bytes, 8)
  resources.set([0x79, 0], 12) // end tag (6.4.2.9); a checksum of 0 is none
  const buffer = Buffer.concat([Buffer.from([0x11]), sized([0x0a, resources.length, ...resources])])
  const device = [
    ...Buffer.from('TPM0', 'latin1'),
    ...named('_HID', [0x0d, ...Buffer.from('MSFT0101\0', 'latin1')]),
    ...named('_UID', [0x00]),
    ...named('_STA', [0x0a, 0x0f]),
    ...named('_CRS', [...buffer]),
  ]
  const scope = [...Buffer.from('\\_SB_', 'latin1'), 0x5b, 0x82, ...sized(device)]
  return Buffer.from([0x10, ...sized(scope)])
}

function named(name: string, value: number[]): number[] {
  return [0x08, ...Buffer.from(name, 'latin1'), ...value]
}

/** With its package length before it, which counts its own bytes (20.2.4): one byte below 64, else two. */
function sized(content: number[]): Buffer {
  const short = content.length + 1
  if (short < 0x40) return Buffer.from([short, ...content])
  const long = content.length + 2
  return Buffer.from([0x40 | (long & 0x0f), long >> 4, ...content])
}
