import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { InspectReport } from '../../../domain/inspect/report-schema.ts'
import { inspectLog } from './read.ts'

const folder = join(import.meta.dirname, '../../fixtures/logs')

/** What a report must come to: the stage, the faults by their titles, and the findings that are neither unknown nor skipped. */
interface Said {
  stage: string
  faults: string[]
  findings: Record<string, 'pass' | 'fail'>
}

function said({ stage, faults, findings }: InspectReport): Said {
  const told = findings.flatMap(({ id, outcome }) => (outcome === 'pass' || outcome === 'fail' ? [[id, outcome]] : []))
  return { stage, faults: faults.map(({ title }) => title), findings: Object.fromEntries(told) as Said['findings'] }
}

describe('of logs that were reported in public, cut down', () => {
  it.each<[string, Said]>([
    [
      'hafnium-stage2-fault',
      {
        stage: 'spmc',
        faults: ['Hafnium: stage-2 page fault of partition 0x8001 (Data Abort injected)'],
        findings: { 'fault.firmware': 'fail' },
      },
    ],
    ['el1-mode-ignored', { stage: 'kernel', faults: [], findings: { 'pkvm.mode': 'fail' } }],
    [
      'efi-runtime-fault',
      {
        stage: 'init',
        faults: ['WARN in __efi_queue_work at runtime-wrappers.c:341'],
        findings: { 'efivars.efivarfs': 'fail', 'fault.kernel': 'fail' },
      },
    ],
    [
      'ta-panicked',
      {
        stage: 'spmc',
        faults: ['OP-TEE: TA f157cda0-550c-11e5-a6fa-0002a5d5c51b panicked with code 0xffff0006'],
        findings: { 'fault.firmware': 'fail' },
      },
    ],
    [
      'el3-external-abort',
      {
        stage: 'kernel',
        faults: ['TF-A: Unhandled External Abort from EL3'],
        findings: { 'fault.firmware': 'fail' },
      },
    ],
    [
      'ffa-rxtx-refused',
      {
        stage: 'kernel',
        faults: [],
        findings: { 'ffa.usable': 'fail', 'ffa.version': 'pass', 'ima.tpm': 'fail', 'pkvm.mode': 'pass' },
      },
    ],
    [
      'partition-prefix-panic',
      {
        stage: 'spmc',
        faults: [
          "OP-TEE assertion '!res' failed at core/drivers/crypto/se050/core/storage.c:87",
          'OP-TEE panic in _assert_break at core/kernel/assert.c:28',
        ],
        findings: { 'fault.firmware': 'fail' },
      },
    ],
    ['arm32-domain-fault', { stage: 'kernel', faults: ['page domain fault'], findings: { 'fault.kernel': 'fail' } }],
    ['optee-debug-only', { stage: 'spmc', faults: [], findings: {} }],
    [
      'ta-panic-in-boot',
      {
        stage: 'kernel',
        faults: ['OP-TEE: TA bc50d971-d4c9-42c4-82cb-343fb7f37896 panicked with code 0xffff000f'],
        findings: { 'fault.firmware': 'fail', 'optee.driver': 'pass', 'tpm.driver': 'fail' },
      },
    ],
    [
      'crb-region-busy',
      { stage: 'kernel', faults: [], findings: { 'ima.tpm': 'fail', 'tpm.driver': 'fail', 'tpm.table': 'pass' } },
    ],
  ])('%s', (name, expected) => {
    expect(said(inspectLog(readFileSync(join(folder, `${name}.log`))))).toEqual(expected)
  })

  it.each([
    ['ffa-rxtx-refused', 'ima.tpm', 'ffa.usable'],
    ['ta-panic-in-boot', 'tpm.driver', 'fault.firmware'],
    ['crb-region-busy', 'ima.tpm', 'tpm.driver'],
  ])('%s: %s follows from %s', (name, id, because) => {
    const { findings } = inspectLog(readFileSync(join(folder, `${name}.log`)))
    expect(findings.find((finding) => finding.id === id)?.because).toBe(because)
  })
})

describe('a log is one', () => {
  it.each([
    ['E/LD:  Status of TA f157cda0-550c-11e5-a6fa-0002a5d5c51b\nE/LD:   arch: aarch64\n', 'spmc'],
    ['I/TA: Hello World!\nD/TA:  __GP11_TA_InvokeCommandEntryPoint:139 x\n', 'spmc'],
    ['[8001 0] FF-A Version: Major=0x1, Minor=0x2\n[8001 0] Start Dump Hob: 7002000\n', 'spmc'],
    ['[8002 1] NOTICE:  Booting Secure Partition (ID: 8002)\n', 'spmc'],
    ['VM 8001: D/TC:0 0 call_initcalls:40 level 6 x()\n', 'spmc'],
    ['INFO: Loading VM id 0x8001: optee.\nINFO: Hafnium initialisation completed\n', 'spmc'],
    ['\nwelcome to lk/MP\n\nboot args 0x0 0x0 0x0 0x0\ninitializing trusty (Built: 12:00:00 Jan 1 2024)\n', 'spmc'],
    ['trusty_app_3_cea8706d-6cb4-49f3: exited with exit code 127\n', 'spmc'],
    [
      'TFTP from server 10.0.2.2; our IP address is 10.0.2.15\nLoading: T T T T \nRetry count exceeded; starting again\n',
      'bootloader',
    ],
    ['BOOTP broadcast 1\nBOOTP broadcast 2\n\nRetry time exceeded; starting again\n', 'bootloader'],
    ['ARP Retry count exceeded; starting again\n=> \n', 'bootloader'],
    ['                             GRUB version 2.06\n', 'bootloader'],
    ['                        GNU GRUB  version 2.12\n', 'bootloader'],
    ['ERROR:   BL2: Failed to load image (-2)\n', 'firmware'],
  ])('%j: %s', (text, stage) => {
    expect(inspectLog(text)).toMatchObject({ stage, files: [] })
  })

  it('and no load is missed that U-Boot gave up, unless a kernel came all the same', () => {
    const gaveUp = 'BOOTP broadcast 1\nRetry time exceeded; starting again\n'
    expect(said(inspectLog(gaveUp)).faults).toEqual(['U-Boot: Retry time exceeded'])
    const came = inspectLog(`${gaveUp}[    0.000000] Linux version 6.12.1 (a@b) (gcc) #1 SMP\n`)
    expect(came.findings.find(({ id }) => id === 'fault.firmware')?.facts).toMatchObject({ count: 1, warning: true })
  })
})
