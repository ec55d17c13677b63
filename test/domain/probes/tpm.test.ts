import { describe, expect, it } from 'vitest'
import type { RecordBody } from '../../../domain/records/record.ts'
import { bootRecords, fileRecord, tpmBanks, tpmCommand } from './measured-records.ts'
import { calls, consoleOf, end, findingOf, hello, recordsOf, shownOf, type Showing } from './showing.ts'

const finding = (id: string, bodies: RecordBody[], rest: Showing = {}) =>
  findingOf(shownOf({ ...rest, records: recordsOf(hello, ...bodies, end) }), id)
const says = (...lines: string[]): Showing => ({ consoles: [consoleOf(`${lines.join('\n')}\n`)] })

const none: RecordBody = { fact: 'list', path: '/sys/class/tpm', rc: 0, names: [] }
const there: RecordBody = { fact: 'list', path: '/sys/class/tpm', rc: 0, names: ['tpm0'] }
const bound: RecordBody = {
  fact: 'link',
  path: '/sys/class/tpm/tpm0/device/driver',
  rc: 0,
  target: '../../../../bus/acpi/drivers/tpm_crb',
}
const refused = (rc: number) => `ffa-crb arm-ffa-2: failed to get crb interface version. rc:${rc}`
const pkvm = '[    0.475190] kvm [1]: Protected hVHE mode initialized successfully'
const ffaDriver = '[    0.345691] ARM FF-A: Driver version 1.2'
const acpi = 'ACPI: TPM2 0x00000000BE062998 00004C (v04 BOCHS  BXPC     00000002 BXPC 00000001)'

/** A table as firmware makes it: start method 15 over partition 0x8002 unless told otherwise. */
function tpm2Table(startMethod = 15, partition = 0x8002): string {
  const table = Buffer.alloc(76)
  table.write('TPM2')
  table.writeBigUInt64LE(0xc0000040n, 40)
  table.writeUInt32LE(startMethod, 48)
  table.writeUInt16LE(partition, 54)
  return table.toString('latin1')
}

describe('the table', () => {
  const id = 'tpm.table'
  const path = '/sys/firmware/acpi/tables/TPM2'
  const tables: RecordBody = { fact: 'list', path: '/sys/firmware/acpi/tables', rc: 0, names: ['APIC', 'FACP'] }

  it('says how the TPM is started', () => {
    expect(finding(id, [fileRecord(path, tpm2Table())])).toMatchObject({
      outcome: 'pass',
      facts: { startMethod: 15, partition: 0x8002 },
    })
    expect(finding(id, [fileRecord(path, tpm2Table(6))])).toMatchObject({ outcome: 'pass', facts: { startMethod: 6 } })
    expect(finding(id, [fileRecord(path, tpm2Table(6))]).facts).not.toHaveProperty('partition')
  })

  it.each([
    ['only the log names it', [], says(acpi), 'pass'],
    ['it is too short', [fileRecord(path, 'TPM2')], {}, 'fail'],
    ['others are there', [tables], {}, 'fail'],
    ['there is no ACPI', [{ ...tables, rc: -2 }], {}, 'skip'],
    ['nothing is shown', [], {}, 'unknown'],
  ] satisfies [string, RecordBody[], Showing, string][])('where %s', (_name, bodies, rest, outcome) => {
    expect(finding(id, bodies, rest).outcome).toBe(outcome)
  })
})

describe('the interface version', () => {
  const id = 'tpm.interface'

  it('is proof of a message that came back', () => {
    expect(finding(id, [], says('ffa-crb arm-ffa-2: ABI version 1.0'))).toMatchObject({
      outcome: 'pass',
      facts: { version: '1.0' },
    })
    expect(finding(id, [], says(refused(-95)))).toMatchObject({ outcome: 'fail', facts: { errno: -95 } })
    expect(finding(id, [], says('ffa-crb arm-ffa-2: Incompatible ABI version')).outcome).toBe('fail')
  })

  it('is skipped without its driver or partition, unknown otherwise', () => {
    expect(finding(id, [], { config: { TCG_ARM_CRB_FFA: 'n' } }).outcome).toBe('skip')
    const optee: RecordBody = {
      fact: 'ffa-partition',
      device: 'arm-ffa-1',
      id: 0x8001,
      uuid: '486178e0-e7f8-11e3-bc5e-0002a5d5c51b',
      properties: 1,
    }
    expect(finding(id, [optee]).outcome).toBe('skip')
    expect(finding(id, [optee, { ...optee, uuid: '17b862a4-1806-4faf-86b3-089a58353861' }]).outcome).toBe('unknown')
    expect(finding(id, []).outcome).toBe('unknown')
  })
})

describe('the driver', () => {
  const id = 'tpm.driver'

  it('is bound when there is a tpm0', () => {
    expect(finding(id, [bound, there])).toMatchObject({ outcome: 'pass', facts: { driver: 'tpm_crb' } })
    expect(finding(id, [there]).outcome).toBe('pass')
    expect(finding(id, [tpmCommand()]).outcome).toBe('pass')
  })

  it('is well in the end whatever it said before', () => {
    expect(finding(id, [bound, there], says(refused(-22))).outcome).toBe('pass')
  })

  it('failed because pKVM had negotiated nothing: told by our calls, or by the order of lines', () => {
    const order = says(ffaDriver, pkvm, refused(-22))
    expect(finding(id, [none], order)).toMatchObject({
      outcome: 'fail',
      facts: { layer: 'ff-a', cause: 'not-negotiated', errno: -22 },
    })
    expect(finding(id, [none, ...calls('INVALID_PARAMETERS', -22)], says(pkvm, refused(-22)))).toMatchObject({
      facts: { cause: 'not-negotiated' },
    })
  })

  it('turns to the partition when the version came after pKVM, or without pKVM', () => {
    expect(finding(id, [none], says(pkvm, ffaDriver, refused(-22)))).toMatchObject({ facts: { cause: 'invalid' } })
    expect(finding(id, [none], says(ffaDriver, refused(-22)))).toMatchObject({ facts: { cause: 'invalid' } })
  })

  it.each([
    [-95, [pkvm], 'blocked-by-proxy'],
    [-95, [], 'not-supported'],
    [-13, [pkvm], 'denied'],
    [-16, [], 'busy'],
    [-5, [], 'refused'],
  ] as const)('%d after %j is %s', (rc, before, cause) => {
    expect(finding(id, [none], says(...before, refused(rc)))).toMatchObject({ facts: { cause, errno: rc } })
  })

  const gaveUp = 'tpm_crb MSFT0101:00: probe with driver tpm_crb failed with error'
  const noAccess = 'tpm_crb MSFT0101:00: TPM_LOC_STATE_x.requestAccess timed out'
  it.each([
    [
      'registered twice',
      ["Error: Driver 'ffa-crb' is already registered, aborting...", `${gaveUp} -16`],
      {},
      { cause: 'registered-twice', errno: -16 },
    ],
    ['a time-out', [noAccess, `${gaveUp} -62`], {}, { layer: 'crb', cause: 'timeout', errno: -62 }],
    [
      'a time-out, FF-A being a module',
      [noAccess, `${gaveUp} -62`],
      { TCG_CRB: 'y', ARM_FFA_TRANSPORT: 'm' },
      { cause: 'no-doorbell' },
    ],
    [
      'a table that does not fit',
      [
        'tpm_crb MSFT0101:00: [Firmware Bug]: TPM2 ACPI table has wrong size 52 for start method type 15',
        `${gaveUp} -22`,
      ],
      {},
      { layer: 'acpi', cause: 'table' },
    ],
    [
      'a partition without direct messages',
      ["ffa-crb arm-ffa-2: partition doesn't support direct message receive."],
      {},
      { layer: 'partition' },
    ],
    ['no word', [acpi], {}, { cause: 'silent' }],
  ] as [string, string[], Record<string, string>, Record<string, unknown>][])(
    'failed with %s',
    (_name, lines, config, facts) => {
      expect(finding(id, [none], { ...says(...lines), config })).toMatchObject({ outcome: 'fail', facts })
    },
  )

  it('has no doorbell where it is started over FF-A and the kernel has no half for that', () => {
    const without = (startMethod: number) =>
      finding(id, [none, fileRecord('/sys/firmware/acpi/tables/TPM2', tpm2Table(startMethod))], {
        ...says(noAccess, `${gaveUp} -62`),
        config: { TCG_CRB: 'y', TCG_ARM_CRB_FFA: 'n' },
      })
    expect(without(15)).toMatchObject({ outcome: 'fail', facts: { cause: 'no-doorbell' } })
    expect(without(7)).toMatchObject({ outcome: 'fail', facts: { cause: 'timeout' } })
  })

  it('is not lost by a time-out alone', () => {
    expect(finding(id, [none], says(noAccess)).outcome).toBe('skip')
  })

  it('is not lost by a complaint after which the driver goes on', () => {
    const bug = (why: string) => says(`tpm_crb MSFT0101:00: [Firmware Bug]: ${why}`)
    const odd = 'ACPI region does not cover the entire command/response buffer. [mem 0x1-0x2] vs 0x1 0x4000'
    for (const why of [odd, 'Bad ACPI memory layout']) expect(finding(id, [], bug(why)).outcome).toBe('unknown')
    expect(finding(id, [], bug('overlapping command and response buffer sizes are not identical')).outcome).toBe('fail')
  })

  it.each([
    ['tpm_crb: probe of MSFT0101:00 failed with error -16', { layer: 'crb', cause: 'driver', errno: -16 }],
    ['tpm_tis_spi spi0.0: probe with driver tpm_tis_spi failed with error -110', { layer: 'tis', errno: -110 }],
    ['ftpm-tee: probe of tpm@0 failed with error -22', { layer: 'tee', errno: -22 }],
    ['tpm_ibmvtpm 30000003: probe with driver tpm_ibmvtpm failed with error -5', { layer: 'driver', errno: -5 }],
  ])('was lost by %s, in a log alone', (line, facts) => {
    expect(finding(id, [], says(line))).toMatchObject({ outcome: 'fail', facts, evidence: [{ text: line }] })
  })

  it('is not lost where a TIS driver took it on another try, or took another', () => {
    const lost = 'tpm_tis_spi spi0.0: probe with driver tpm_tis_spi failed with error -110'
    const tis = 'tpm_tis_spi spi0.0: 2.0 TPM (device-id 0x1B, rev-id 22)'
    const taken = { outcome: 'pass', facts: { driver: 'tpm_tis_spi', version: '2.0' } }
    expect(finding(id, [], says(lost, tis))).toMatchObject(taken)
    expect(finding(id, [], says(tis, `${gaveUp} -16`))).toMatchObject(taken)
    // Said on the way to the failure, or of a system that has none in the end.
    expect(finding(id, [], says(tis, lost)).outcome).toBe('fail')
    expect(finding(id, [none], says(lost, tis))).toMatchObject({ outcome: 'fail', facts: { errno: -110 } })
  })

  it('waits for ever where it was put off', () => {
    const deferred = fileRecord('/sys/kernel/debug/devices_deferred', 'MSFT0101:00\t\n')
    expect(finding(id, [none, deferred])).toMatchObject({ outcome: 'fail', facts: { cause: 'deferred' } })
    expect(finding(id, [none, fileRecord('/sys/kernel/debug/devices_deferred', 'usb\t\n')]).outcome).toBe('skip')
  })

  it.each([
    ['there is none and no firmware says so', [none], {}, 'skip'],
    ['it is not built', [], { config: { TCG_TPM: 'n' } }, 'skip'],
    ['a driver spoke and nothing shows the end', [], says('ffa-crb arm-ffa-2: ABI version 1.0'), 'unknown'],
    ['nothing is shown', [], {}, 'unknown'],
  ] satisfies [string, RecordBody[], Showing, string][])('where %s', (_name, bodies, rest, outcome) => {
    expect(finding(id, bodies, rest).outcome).toBe(outcome)
  })
})

describe('a command', () => {
  const id = 'tpm.command'

  it('came back', () => {
    expect(finding(id, [tpmCommand(), tpmBanks([0x0b])])).toMatchObject({ outcome: 'pass', facts: { commands: 2 } })
  })

  it.each<[string, RecordBody[], object, Showing?]>([
    ['the TPM refused it', [tpmCommand(0x100)], { code: 0x100, cause: 'tpm' }],
    ['there is no device although the firmware has a TPM', [none, tpmCommand(0, -2)], { cause: 'no-tpm' }, says(acpi)],
    ['it ran out of time', [tpmCommand(), tpmCommand(0, -110)], { cause: 'timeout' }],
    ['the driver gave an error', [tpmCommand(0, -5)], { cause: 'driver' }],
    ['the answer is none', [tpmCommand(0, 0, 'ffff')], { cause: 'garbled' }],
    ['the answer has another length than it says', [tpmCommand(0, 0, '80010000000b00000000')], { cause: 'garbled' }],
  ])('turns where %s', (_name, bodies, facts, rest) => {
    expect(finding(id, bodies, rest)).toMatchObject({ outcome: 'fail', facts })
  })

  it.each([
    ['the kernel is built without', { TCG_TPM: 'n' }, 'The kernel is built without TPM support.'],
    ['nobody has', { TCG_TPM: 'y' }, 'The system has no TPM, and nothing says that the firmware has one.'],
  ] satisfies [string, Record<string, string>, string][])('asks nothing of a TPM that %s', (_who, config, sentence) => {
    expect(finding(id, [none, tpmCommand(0, -2)], { config })).toMatchObject({ outcome: 'skip', sentence })
  })

  it('is unknown when none was sent', () => {
    expect(finding(id, []).outcome).toBe('unknown')
    expect(finding(id, [], { config: { TCG_TPM: 'n' } }).outcome).toBe('skip')
  })
})

describe('the banks', () => {
  const id = 'tpm.banks'

  it('are those of sysfs, and those that the TPM tells', () => {
    const records = bootRecords({ banks: ['sha1', 'sha256'] })
    expect(finding(id, records)).toMatchObject({ outcome: 'pass', facts: { banks: 'sha1 sha256' } })
    expect(finding(id, [...records, tpmBanks([0x04, 0x0b], [0x0c])]).outcome).toBe('pass')
    expect(finding(id, [...records, tpmBanks([0x0b])]).outcome).toBe('fail')
  })

  it.each([
    ['the TPM has none', [tpmBanks([], [0x0b])], 'fail'],
    ['no PCR was read', [tpmBanks([0x0b])], 'unknown'],
    ['there is no TPM', [none], 'skip'],
    ['nothing is shown', [], 'unknown'],
  ] satisfies [string, RecordBody[], string][])('where %s', (_name, bodies, outcome) => {
    expect(finding(id, bodies).outcome).toBe(outcome)
  })
})

describe('the handover', () => {
  const id = 'tpm.handover'
  const tables = 'efi: ACPI 2.0=0xbe062018 TPMFinalLog=0xbe820000 TPMEventLog=0xbdf3f018 '

  it('fails where firmware measured and the system has no TPM', () => {
    expect(finding(id, [none], says(tables)).outcome).toBe('fail')
    expect(finding(id, [there], says(tables)).outcome).toBe('pass')
  })

  it('fails on a log alone where the driver says that it lost the TPM', () => {
    expect(finding(id, [], says(tables, refused(-95))).outcome).toBe('fail')
    expect(finding(id, [], says(tables, 'ffa-crb arm-ffa-2: ABI version 1.0')).outcome).toBe('unknown')
  })

  it.each([
    ['nothing shows whether there is a TPM', [], says(tables), 'unknown'],
    ['firmware left no log', [none], says('efi: EFI v2.7 by EDK II'), 'skip'],
    ['there is no EFI', [none], says('efi: UEFI not found.'), 'skip'],
    ['nothing is shown', [], {}, 'unknown'],
  ] satisfies [string, RecordBody[], Showing, string][])('where %s', (_name, bodies, rest, outcome) => {
    expect(finding(id, bodies, rest).outcome).toBe(outcome)
  })
})
