/**
 * The thread on real boots with the full stack: EDK2, a TPM, IMA and EFI variables, all behind FF-A. What one log alone
 * says of the same boot, and what a log of another machine says of the same scenario, must agree with it.
 */
import { fileURLToPath } from 'node:url'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Comparison } from '../../domain/compare/comparison.ts'
import type { Finding } from '../../domain/finding.ts'
import type { InspectReport } from '../../domain/inspect/report-schema.ts'
import { consoleLines } from './console-lines.ts'
import { cellOf, findingOf, type CellDocument, type RunDocument } from './documents.ts'
import { useLab } from './lab.ts'

const lab = useLab('thread')
const plan = (name: string): string => fileURLToPath(new URL(`../../plans/${name}.yaml`, import.meta.url))
const log = (name: string): string => fileURLToPath(new URL(`../fixtures/consoles/${name}`, import.meta.url))
const findings = ({ attempts }: CellDocument): Finding[] => attempts[0]?.end?.findings ?? []

let old: RunDocument
let asModule: RunDocument
let recent: RunDocument
let bug: CellDocument
let ordering: CellDocument
beforeAll(async () => {
  old = await lab.json('run', plan('thread-6.18'), '--only', 'config=ffa=y', '--only', 'stack=full')
  asModule = await lab.json('run', plan('thread-6.18'), '--only', 'config=ffa=m', '--only', 'mode=protected')
  recent = await lab.json('run', plan('thread-7.3'), '--only', 'config=ffa=y', '--only', 'stack=full')
  bug = cellOf(old, { mode: 'protected' })
  ordering = cellOf(recent, { mode: 'protected' })
})

/** The cause at the root of a finding. */
function rootOf(all: Finding[], id: string): string {
  const { because } = all.find((finding) => finding.id === id)!
  return because === undefined ? id : rootOf(all, because)
}

describe('Linux 6.18.5 with the driver built in', () => {
  it('shows what the plan says', () => {
    expect(old.cells.map(({ axes, verdict }) => [axes['mode'], verdict?.verdict])).toEqual([
      ['protected', 'known-fail'],
      ['nvhe', 'pass'],
      ['none', 'pass'],
    ])
  })

  it('has one cause under pKVM, and OP-TEE, TPM, IMA and EFI variables for consequences', () => {
    const failed = findings(bug).filter(({ outcome }) => outcome === 'fail')
    expect(failed.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['optee.driver', 'tpm.driver', 'tpm.handover', 'ima.tpm', 'efivars.efivarfs']),
    )
    for (const { id } of failed) expect(rootOf(failed, id), id).toBe('order.ffa-before-kvm')
  })

  it('is told so by show, as one tree', async () => {
    const { stdout } = await lab.hyplab('show', bug.attempts[0]!.id)
    expect(stdout).toMatch(/^\d+ failures, 1 cause:\n {2}order\.ffa-before-kvm \(\d+ follow from it\)/m)
    expect(stdout).toContain('└ ffa-path.version  pKVM never saw FFA_VERSION: it went straight to EL3')
    for (const id of ['tpm.driver', 'optee.driver', 'ima.tpm', 'efivars.efivarfs'])
      expect(stdout).toMatch(new RegExp(`^ +└ ${id} `, 'm'))
  })

  it('shows in the trace where FFA_VERSION went and who refused what', () => {
    const { evidence } = findingOf(bug.attempts[0], 'ffa-path.version')
    expect(evidence.map(({ text }) => text).join('\n')).toMatch(/^cpu\d EL1>EL3 FFA_VERSION/m)
    expect(findingOf(bug.attempts[0], 'ffa-path.refused').facts).toMatchObject({ cause: 'not-negotiated' })
  })

  it('has a TPM into which everything was measured, without pKVM', () => {
    const nvhe = cellOf(old, { mode: 'nvhe' }).attempts[0]
    for (const id of ['tpm.command', 'ima.boot-aggregate', 'ima.replay', 'eventlog.replay', 'efiwrite.round-trip'])
      expect(findingOf(nvhe, id), id).toMatchObject({ outcome: 'pass' })
    expect(Number(findingOf(nvhe, 'eventlog.parsed').facts['events'])).toBeGreaterThan(10)
  })
})

describe('Linux 6.18.5 with the driver as a module', () => {
  it('loses the TPM for two other reasons, by what speaks to it', () => {
    const lost = asModule.cells.map(({ axes, verdict, attempts }) => [
      axes['stack'],
      verdict?.verdict,
      findingOf(attempts[0], 'tpm.driver').facts['cause'],
    ])
    expect(lost).toEqual([
      ['full', 'known-fail', 'no-doorbell'],
      ['full-req2', 'known-fail', 'blocked-by-proxy'],
    ])
  })
})

describe('Linux 7.3.4 without IMA_INIT_LATE_SYNC', () => {
  it('bypasses the TPM with pKVM and without', () => {
    expect(recent.cells.map(({ verdict }) => verdict?.verdict)).toEqual(['known-fail', 'known-fail', 'known-fail'])
  })

  it('names the order as the cause, and not pKVM', () => {
    const all = findings(ordering)
    expect(findingOf(ordering.attempts[0], 'ima.tpm')).toMatchObject({
      outcome: 'fail',
      facts: { cause: 'ordering' },
      because: 'order.ima-tpm',
    })
    expect(rootOf(all, 'ima.replay')).toBe('order.ima-tpm')
    for (const id of ['ffa.usable', 'ffa-path.version', 'order.ffa-before-kvm', 'tpm.driver'])
      expect(findingOf(ordering.attempts[0], id), id).toMatchObject({ outcome: 'pass' })
  })
})

describe('inspect', () => {
  async function inspected(file: string): Promise<InspectReport['findings']> {
    return (await lab.json<InspectReport>('inspect', file)).findings
  }

  /** Findings that a log alone can decide, and that came out otherwise than with records and a trace. */
  function otherwise(alone: InspectReport['findings'], live: Finding[]): string[] {
    const decided = alone.filter(({ outcome }) => outcome === 'pass' || outcome === 'fail')
    expect(decided.length).toBeGreaterThan(6)
    return decided.flatMap(({ id, outcome }) => {
      const with_ = live.find((finding) => finding.id === id)
      return with_ === undefined || with_.outcome === outcome ? [] : [`${id}: ${outcome}, not ${with_.outcome}`]
    })
  }

  it('says of the consoles of a boot what the boot was found to be', async () => {
    for (const { attempts } of [...old.cells, ...asModule.cells, ...recent.cells]) {
      const { stdout } = await lab.hyplab('logs', attempts[0]!.id)
      const file = join(lab.state, `${attempts[0]!.id}.log`)
      await writeFile(file, stdout)
      expect(otherwise(await inspected(file), attempts[0]!.end!.findings), attempts[0]!.id).toEqual([])
    }
  })

  it('says of a log of the same scenario from elsewhere what the boot here was found to be', async () => {
    const elsewhere = await inspected(log('linux-7.3.4-ffa-builtin-pkvm-edk2.uart0.log'))
    expect(otherwise(elsewhere, findings(ordering))).toEqual([])
    expect(elsewhere.find(({ id }) => id === 'ima.tpm')).toMatchObject({ facts: { cause: 'ordering' } })
  })
})

describe('6.18.5 compared with 7.3.4', () => {
  let text: string
  let comparison: Comparison
  beforeAll(async () => {
    const runs = [String(old.run.id), String(recent.run.id)]
    ;({ stdout: text } = await lab.hyplab('compare', ...runs))
    ;[comparison] = (await lab.json<{ comparisons: [Comparison] }>('compare', ...runs)).comparisons
  })

  it('says by cause what the release fixed and what it broke', () => {
    const told = comparison.groups.map(({ kind, id, cells }) => [
      kind,
      id,
      cells.map(({ cell }) => cell.series.axes['mode']),
    ])
    expect(told).toEqual(
      expect.arrayContaining([
        ['fixed', 'order.ffa-before-kvm', ['protected']],
        ['broken', 'order.ima-tpm', ['nvhe', 'none']],
      ]),
    )
  })

  it('quotes only lines that are there', async () => {
    let quoted = 0
    let side = old
    for (const line of text.split('\n')) {
      if (/^ {2}base: /.test(line)) side = old
      if (/^ {2}series: /.test(line)) side = recent
      const [, console, number, words] = /^ +(?:> )?(uart\d):(\d+)(?:-\d+)? {2}(.*)$/.exec(line) ?? []
      if (console === undefined) continue
      const consoles = await Promise.all(
        side.cells.map(async ({ attempts }) => await consoleLines(lab.store, attempts[0]!, console)),
      )
      expect(consoles.map((lines) => lines[Number(number) - 1])).toContain(words)
      quoted++
    }
    expect(quoted).toBeGreaterThan(5)
  })
})
