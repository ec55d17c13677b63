import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readLines } from '../../../domain/console/line-reader.ts'
import { faultsOf } from '../../../domain/faults/read-faults.ts'

/**
 * Secure consoles of real boots on QEMU, of firmware in whose image a few instructions were overwritten: OP-TEE 4.10 with
 * an undefined instruction, and with a load from address 8, in init_tee_runtime(); TF-A 2.12.1 (release) with a call of
 * el3_panic() at the start of spmd_setup(). OP-TEE lies elsewhere in memory on each boot (CFG_CORE_ASLR).
 */
const faults = (name: string) =>
  faultsOf([
    {
      console: 'uart1',
      lines: readLines(readFileSync(join(import.meta.dirname, `../../fixtures/faults/${name}.log`))),
    },
  ])

describe('OP-TEE', () => {
  it('aborts, says where and how in 23 lines, and panics for it', () => {
    expect(faults('optee-undefined')).toMatchObject([
      { kind: 'exception', title: 'OP-TEE: core undef-abort', evidence: { from: 65, to: 87 }, panic: false },
      {
        kind: 'panic',
        title:
          "OP-TEE panic '[abort] undefined abort (trap CPU)' in get_fault_type at core/arch/arm/kernel/abort.c:501",
        evidence: { from: 88, to: 94 },
        panic: true,
      },
    ])
  })

  it('aborts with the same titles on two boots, though no address is the same', () => {
    const titles = (boot: string) => faults(`optee-data-abort.${boot}`).map(({ title }) => title)
    expect(titles('1')).toEqual([
      'OP-TEE: core data-abort (translation fault)',
      "OP-TEE panic 'unhandled pageable abort' in abort_handler at core/arch/arm/kernel/abort.c:593",
    ])
    expect(titles('2')).toEqual(titles('1'))
  })
})

describe('TF-A', () => {
  it('panics with an address and not a word more; without assertions and crash reports that is all it has', () => {
    expect(faults('tfa-panic')).toMatchObject([{ kind: 'panic', title: 'TF-A panic', evidence: { from: 1, to: 1 } }])
  })
})
