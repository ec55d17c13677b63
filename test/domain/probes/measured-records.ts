import type { RecordBody } from '../../../domain/records/record.ts'
import type { Pcrs } from '../../../domain/tcg/pcrs.ts'
import { asciiList, binaryList, bootAggregate, file, pcr10, violation, type Made } from '../ima/lists.ts'
import { agileLog, hash, pcrsAfter, someEvents, type Algorithm, type MadeEvent } from '../tcg/logs.ts'

/** Records of a boot on which firmware measured, IMA found the TPM and everything fits; each part can be replaced. */
export interface Boot {
  events?: MadeEvent[]
  logged?: MadeEvent[]
  entries?: Made[]
  listed?: Made[]
  binary?: Made[] | null
  banks?: Algorithm[]
  count?: number
  violations?: number
  policy?: string
}

const ima = '/sys/kernel/security/ima'

export const fileRecord = (path: string, text: string, rc = 0): RecordBody => ({ fact: 'file', path, rc, text })

/** What IMA lists on a boot with these firmware events. */
export function entriesAfter(events: MadeEvent[], bank: Algorithm = 'sha256'): Made[] {
  const pcrs = pcrsAfter(bank, events)
  const aggregate = hash(
    bank,
    ...Array.from({ length: bank === 'sha1' ? 8 : 10 }, (_, pcr) => pcrs.get(pcr) ?? new Uint8Array()),
  )
  return [
    bootAggregate(aggregate, 'boot_aggregate', bank),
    file('/init'),
    violation('/var/log/x'),
    file('/modules/ffa-core.ko'),
  ]
}

/** The records; PCRs come of `events` and `entries`, the log of `logged`, the lists of `listed`. */
export function bootRecords(boot: Boot = {}): RecordBody[] {
  const { events = someEvents, banks = ['sha256'] } = boot
  const { logged = events, entries = entriesAfter(events) } = boot
  const { listed = entries } = boot
  const pcrs: Pcrs = new Map(
    banks.map((bank) => [bank, new Map([...pcrsAfter(bank, events), [10, new Uint8Array(pcr10(entries, bank))]])]),
  )
  const { binary = listed, count = listed.length, violations = listed.filter((entry) => entry.violation).length } = boot
  return [
    { fact: 'link', path: '/sys/class/tpm/tpm0/device/driver', rc: 0, target: '../../../bus/platform/drivers/tpm_crb' },
    { fact: 'list', path: '/sys/class/tpm', rc: 0, names: ['tpm0'] },
    ...[...pcrs].flatMap(([bank, values]) =>
      [...values].map(([pcr, value]) =>
        fileRecord(`/sys/class/tpm/tpm0/pcr-${bank}/${pcr}`, `${Buffer.from(value).toString('hex').toUpperCase()}\n`),
      ),
    ),
    fileRecord(`${ima}/ascii_runtime_measurements`, asciiList(listed)),
    ...(binary ? [fileRecord(`${ima}/binary_runtime_measurements`, binaryList(binary).toString('latin1'))] : []),
    fileRecord(`${ima}/runtime_measurements_count`, `${count}\n`),
    fileRecord(`${ima}/violations`, `${violations}\n`),
    ...(boot.policy === undefined ? [] : [fileRecord(`${ima}/policy`, boot.policy)]),
    fileRecord('/sys/kernel/security/tpm0/binary_bios_measurements', agileLog(logged, banks).toString('latin1')),
  ]
}

/** Records of a boot without a TPM, or with one that came after IMA. */
export function bypassRecords(tpm: boolean): RecordBody[] {
  const entries = [bootAggregate(Buffer.alloc(32)), file('/init')]
  return [
    { fact: 'list', path: '/sys/class/tpm', rc: 0, names: tpm ? ['tpm0'] : [] },
    ...(tpm
      ? Array.from({ length: 11 }, (_, pcr) => fileRecord(`/sys/class/tpm/tpm0/pcr-sha256/${pcr}`, '00'.repeat(32)))
      : []),
    fileRecord(`${ima}/ascii_runtime_measurements`, asciiList(entries)),
  ]
}

/** TPM2_GetRandom with an answer of that code. */
export function tpmCommand(code = 0, rc = 0, response?: string): RecordBody {
  const answer = `80010000000a${code.toString(16).padStart(8, '0')}`
  return {
    fact: 'tpm-command',
    device: '/dev/tpm0',
    command: 'TPM2_GetRandom',
    at: 1,
    took: 0.002,
    rc,
    request: '80010000000c0000017b0008',
    response: rc === 0 ? (response ?? answer) : '',
  }
}

/** TPM2_GetCapability(TPM_CAP_PCRS) of a TPM with these algorithms; those named last have no PCR allocated. */
export function tpmBanks(allocated: number[], empty: number[] = []): RecordBody {
  const selection = (id: number, bits: string) => `${id.toString(16).padStart(4, '0')}03${bits}`
  const all = [...allocated.map((id) => selection(id, 'ffffff')), ...empty.map((id) => selection(id, '000000'))]
  const body = `0000000005${all.length.toString(16).padStart(8, '0')}${all.join('')}`
  const size = (10 + body.length / 2).toString(16).padStart(8, '0')
  return {
    ...(tpmCommand() as Extract<RecordBody, { fact: 'tpm-command' }>),
    command: 'TPM2_GetCapability',
    response: `8001${size}00000000${body}`,
  }
}
