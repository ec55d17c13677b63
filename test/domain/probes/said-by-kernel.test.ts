import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../domain/finding.ts'
import { consoleOf, findingOf, shownOf, type Showing } from './showing.ts'

const stamped = (lines: readonly string[]): string =>
  lines.map((line, n) => `[    1.${String(n).padStart(6, '0')}] ${line}\n`).join('')
/** A finding of a log of which nothing is known beside its lines. */
const said = (id: string, lines: readonly string[], rest: Showing = {}): Finding => {
  const shown = shownOf({ consoles: [consoleOf(stamped(lines))], ...rest })
  return findingOf({ ...shown, asked: { ...shown.asked, cmdline: undefined } }, id)
}

describe('what the kernel says of itself decides where nothing else does', () => {
  const gaveUp = 'ARM FF-A: failed to register FFA RxTx buffers'
  const bypass = 'ima: No TPM chip found, activating TPM-bypass!'
  const disabled = 'efi: EFI Runtime Services are disabled!'
  const fault = '[Firmware Bug]: Unable to handle paging request in EFI runtime service'
  it.each<[string, Finding['outcome'], Finding['facts'], string[]]>([
    ['ffa.usable', 'fail', { cause: 'driver-gave-up' }, ['ARM FF-A: Firmware version 1.1 found', gaveUp]],
    ['ffa.usable', 'fail', { cause: 'driver-gave-up' }, ['ARM FF-A: failed to obtain VM id for self']],
    // The driver goes on after these.
    ['ffa.usable', 'unknown', {}, ['ARM FF-A: __ffa_partition_info_get: failed to register partition ID 0x8001']],
    ['ffa.usable', 'unknown', {}, ['ARM FF-A: Notification setup failed -95, not enabled']],
    // With OP-TEE at S-EL1, which has no interrupt for them, all the same our probe makes a bitmap.
    ['ffa.notifications', 'unknown', { errno: -95 }, ['ARM FF-A: Notification setup failed -95, not enabled']],
    ['ffa.notifications', 'fail', { errno: -22 }, ['ARM FF-A: Notification bitmap create error -22']],
    ['ffa.notifications', 'unknown', {}, [gaveUp]],
    ['ima.tpm', 'fail', { cause: 'no-ffa' }, [gaveUp, bypass]],
    // Said behind it, it is no cause.
    ['ima.tpm', 'fail', {}, [bypass, gaveUp]],
    ['pkvm.mode', 'fail', {}, ['KVM is not available. Ignoring kvm-arm.mode']],
    ['pkvm.mode', 'fail', {}, ['KVM is not available. Ignoring kvm-arm.mode', 'kvm [1]: HYP mode not available']],
    ['pkvm.mode', 'unknown', {}, ['kvm [1]: HYP mode not available']],
    [
      'pkvm.mode',
      'fail',
      { asked: 'protected', mode: 'VHE' },
      ['Protected KVM not available with VHE', 'kvm [1]: VHE mode initialized successfully'],
    ],
    ['efivars.efivarfs', 'fail', { cause: 'runtime-fault' }, [fault]],
    ['efivars.efivarfs', 'fail', { cause: 'runtime-fault' }, [disabled, fault]],
    [
      'efivars.efivarfs',
      'fail',
      { cause: 'runtime-fault' },
      ['efi: EFI runtime service 3 wedged in firmware; disabling EFI runtime services'],
    ],
    ['efivars.efivarfs', 'fail', { cause: 'runtime-off' }, [disabled]],
    ['efivars.efivarfs', 'skip', {}, ['EFI runtime services will be disabled.', disabled]],
    ['efivars.certs', 'skip', {}, ['EFI runtime services will be disabled.']],
    ['efivars.certs', 'unknown', {}, [fault]],
    ['efivars.efivarfs', 'skip', {}, ['EFI services will not be available.']],
    ['efivars.efivarfs', 'unknown', {}, ['Remapping and enabling EFI services.']],
    [
      'tpm.driver',
      'pass',
      { driver: 'tpm_tis', version: '2.0' },
      ['tpm_tis MSFT0101:00: 2.0 TPM (device-id 0x1A, rev-id 16)'],
    ],
    [
      'tpm.driver',
      'fail',
      { cause: 'driver' },
      [
        'tpm_tis NTC0702:00: 2.0 TPM (device-id 0xFC, rev-id 1)',
        'tpm_tis NTC0702:00: Could not get TPM timeouts and durations',
      ],
    ],
    [
      'tpm.driver',
      'pass',
      { driver: 'tpm_tis_spi' },
      [
        bypass,
        'tpm_tis_spi spi0.0: 2.0 TPM (device-id 0x0, rev-id 78)',
        'tpm tpm0: A TPM error (256) occurred attempting the self test',
        'tpm tpm0: starting up the TPM manually',
      ],
    ],
    [
      'tpm.driver',
      'unknown',
      {},
      [
        'tpm_tis_spi spi0.0: 2.0 TPM (device-id 0x0, rev-id 78)',
        'tpm tpm0: A TPM error (257) occurred attempting the self test',
      ],
    ],
    ['tpm.driver', 'unknown', {}, ['tpm_tis NTC0702:00: 2.0 TPM (device-id 0xFC, rev-id 1)', bypass]],
    [
      'tpm.driver',
      'fail',
      { cause: 'ta-dead', code: '0xffff3024' },
      [
        'ftpm-tee tpm@0: ftpm_tee_probe: tee_client_open_session failed, err=ffff3024',
        'ftpm-tee tpm@0: probe with driver ftpm-tee failed with error -22',
      ],
    ],
    [
      'tpm.driver',
      'fail',
      { cause: 'ta-refused', code: '0xffff0008' },
      [
        'ftpm-tee tpm@0: ftpm_tee_probe: tee_client_open_session failed, err=ffff0008',
        'ftpm-tee: probe of tpm@0 failed with error -22',
      ],
    ],
  ])('%s: %s %j of %j', (id, outcome, facts, lines) => {
    const finding = said(id, lines)
    expect(finding).toMatchObject({ outcome, facts })
    if (outcome === 'fail' || outcome === 'pass') expect(finding.evidence.length).toBeGreaterThan(0)
  })

  it('a trusted application that is no TPM is not what panicked', () => {
    const panics = 'E/TC:? 0 TA panicked with code 0x1\nE/LD:  Status of TA f157cda0-550c-11e5-a6fa-0002a5d5c51b\n'
    const lines = stamped([
      'ftpm-tee tpm@0: ftpm_tee_probe: tee_client_open_session failed, err=ffff3024',
      'ftpm-tee tpm@0: probe with driver ftpm-tee failed with error -22',
    ])
    const of = (text: string): unknown =>
      findingOf(shownOf({ consoles: [consoleOf(text)] }), 'tpm.driver').facts['cause']
    expect(of(panics + lines)).toBe('ta-dead')
    expect(of(panics.replace(/f157cda0.*/, 'bc50d971-d4c9-42c4-82cb-343fb7f37896') + lines)).toBe('ta-panicked')
  })
})

describe('why no init ran', () => {
  const noInit = 'Kernel panic - not syncing: No working init found.  Try passing init= option to kernel.'
  it.each([
    ['Failed to execute /init (error -8)', noInit, '/init is in no format', -8],
    ['Failed to execute /init (error -2)', noInit, '/init is there, but not what it asks for', -2],
    ['Failed to execute /init (error -13)', noInit, '/init may not be executed', -13],
    [
      "Starting init: /sbin/init exists but couldn't execute it (error -8)",
      noInit,
      '/sbin/init is in no format that this kernel runs',
      -8,
    ],
    [
      'check access for rdinit=/init failed: -2, ignoring',
      'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
      'there is no /init',
      -2,
    ],
    [
      'devtmpfs: error mounting -2',
      'Kernel panic - not syncing: Requested init /init failed (error -2).',
      '/init is missing, or what it asks for',
      -2,
    ],
  ])('%s: %s', (line, panic, says, errno) => {
    const { sentence, facts } = said('fault.kernel', [line, panic])
    expect(sentence).toContain(`; ${says}`)
    expect(facts).toMatchObject({ errno })
  })

  it('is said where the log ends before the panic, but not of what may be without an archive', () => {
    const of = (line: string): Finding => said('fault.kernel', [line], { records: [] })
    expect(of('Failed to execute /init (error -8)')).toMatchObject({
      outcome: 'unknown',
      sentence: expect.stringContaining('; /init is in no format') as string,
      evidence: [{ from: 1, to: 1 }],
    })
    expect(of('check access for rdinit=/init failed: -2, ignoring')).toMatchObject({ outcome: 'unknown', evidence: [] })
  })

  it.each([
    ['an error that says it itself', ['Failed to execute /init (error -5)', noInit]],
    ['no line', [noInit]],
    ['another panic', ['Failed to execute /init (error -8)', 'Kernel panic - not syncing: Attempted to kill init!']],
  ])('is not explained by %s', (_name, lines) => {
    const { sentence, facts } = said('fault.kernel', lines)
    expect(sentence).not.toContain(';')
    expect(facts).not.toHaveProperty('errno')
  })
})
