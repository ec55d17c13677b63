import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeKinds } from '../../domain/compare/compare-cells.ts'
import { compare, type Comparison } from '../../domain/compare/comparison.ts'
import { pairRuns, pairValues } from '../../domain/compare/pair-cells.ts'
import type { Report } from '../../domain/report/report.ts'
import { compareMarkdown } from '../../reports/compare/markdown.ts'
import { compareText } from '../../reports/compare/text.ts'
import { hostileReports, plainReport } from './made-report.ts'

const tester = 'A Person <person@example.org>'
const words = { titles: new Map<string, string>(), tester }

function sideOf({ run, cells, builds }: Report): Comparison['base'] {
  return { run: run!, cells, builds }
}

function between(base: Report, series: Report): Comparison {
  return compare(sideOf(base), sideOf(series), pairRuns(base.cells, series.cells))
}

/** The config with the bug beside the one without, of the report's flaky and broken cells. */
function byConfig(): Comparison {
  const report = plainReport()
  const side = (config: string) =>
    sideOf({ ...report, cells: report.cells.filter((one) => one.axes['config'] === config) })
  const [base, series] = [side('ffa=y'), side('ffa=m')]
  return compare(base, series, pairValues(report.cells, 'config', 'ffa=y', 'ffa=m'))
}

describe('a comparison as text', () => {
  it('says what was tested, what changed by cause, with the lines of both sides, and how to have it again', () => {
    const text = compareText(byConfig(), words)
    expect(text).toMatch(/^ffa=y -> ffa=m: 2 cells: 1 unstable, 1 unknown\.$/m)
    expect(text).toMatch(/^base: +kernel linux-6\.18\.5: debian linux=6\.18\.5-1$/m)
    expect(text).toMatch(/^UNSTABLE {2}order\.ffa-before-kvm/m)
    expect(text).toMatch(/^ {2}base: fail in 1 of 1$/m)
    expect(text).toMatch(/^ {4}> uart0:2 {2}\[ {4}0\.536521\] calling {2}ffa_init/m)
    expect(text).toMatch(/hyplab reproduce 12\.1\.1/)
    expect(text).toMatch(/^ {2}from it unstable: ffa\.usable, optee\.driver$/m)
  })

  it('is at most 72 columns wide, but for what consoles said and names', () => {
    const all = changeKinds.map((kind) =>
      compareText({ ...byConfig(), groups: [{ ...byConfig().groups[0]!, kind }] }, words),
    )
    const long = [compareText(byConfig(), words), ...all]
      .flatMap((text) => text.split('\n'))
      .filter((line) => line.length > 72 && !/^ {4}[> ] (?:uart|record)/.test(line))
    expect(long).toEqual([])
  })

  it('suggests a Tested-by line only where each expectation held and nothing is worse or open', () => {
    const report = plainReport()
    const cells = (...numbers: number[]): Report => ({
      ...report,
      cells: report.cells.filter(({ number }) => numbers.includes(number)),
    })
    const told = (one: Report): string => compareText(between(one, one), words)
    expect(told(cells(2))).toContain(`\nTested-by: ${tester}\n`)
    expect(told(cells(1))).not.toContain('Tested-by')
    expect(told(cells(2, 1))).not.toContain('Tested-by')
    expect(told(cells(2, 6))).not.toContain('Tested-by')
    expect(compareText(between(cells(2), cells(2)), { titles: new Map() })).not.toContain('Tested-by')
  })

  it('says so when one attempt cannot tell a flake from a change', () => {
    expect(compareText(byConfig(), words)).toContain('One attempt a side tells no flake from a change')
  })

  it('names patches by their titles', () => {
    const report = plainReport()
    const patched = {
      ...report,
      cells: report.cells.map((one) => ({ ...one, kernel: { ...one.kernel, patches: ['/s/1.patch', '/s/2.patch'] } })),
    }
    const text = compareText(between(report, patched), { titles: new Map([['/s/1.patch', 'KVM: arm64: Negotiate']]) })
    expect(text).toMatch(/^ +1\/2 KVM: arm64: Negotiate\n +2\/2 \/s\/2\.patch$/m)
  })
})

it('every pair of reports can be told, whatever their texts, with every cell named', () => {
  fc.assert(
    fc.property(hostileReports, hostileReports, (base, series) => {
      const told = between(base, series)
      const [text, markdown] = [compareText(told, words), compareMarkdown(told, words)]
      for (const all of [text, markdown]) expect(all).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e]/)
      const rows = text
        .split('\n\n')
        .find((block) => /^base +series/.test(block))!
        .split('\n')
      expect(rows.length - 1).toBe(told.cells.length)
      const left = (text.match(/\((?:base|series) only\)$/gm) ?? []).length
      expect(left).toBe(told.onlyBase.length + told.onlySeries.length)
      expect(() => JSON.parse(JSON.stringify(told))).not.toThrow()
    }),
  )
})
