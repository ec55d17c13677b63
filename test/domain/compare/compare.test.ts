import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { changeKinds, compareCells, type ChangeKind } from '../../../domain/compare/compare-cells.ts'
import { compare, type Comparison } from '../../../domain/compare/comparison.ts'
import { pairRuns, pairValues } from '../../../domain/compare/pair-cells.ts'
import { countsOfSide } from '../../../reports/compare/sides.ts'
import { outcomes, type Finding, type Outcome } from '../../../domain/finding.ts'
import type { JudgedAttempt } from '../../../domain/verdict/verdict.ts'
import type { ReportCell } from '../../../domain/report/report.ts'
import { makeCell } from '../../reports/made-report.ts'

/** What an attempt shows: an outcome for each finding, or that the lab broke it. */
type Shown = Record<string, Outcome | Partial<Finding>> | 'infra'

function attemptOf(shown: Shown, index: number): JudgedAttempt {
  const findings = shown === 'infra' ? [] : Object.entries(shown).map(([id, what]) => findingOf(id, what))
  return { number: index + 1, ending: shown === 'infra' ? 'infra' : 'finished', sentence: '', findings }
}

function findingOf(id: string, what: Outcome | Partial<Finding>): Finding {
  const more = typeof what === 'string' ? { outcome: what } : what
  return { id, outcome: 'pass', sentence: `${id}.`, evidence: [], facts: {}, ...more }
}

function cell(
  kernel: string,
  attempts: Shown[],
  more: { mode?: string; run?: number; number?: number } = {},
): ReportCell {
  const axes = { kernel, config: 'ffa=y', stack: 'full', mode: more.mode ?? 'protected', target: 'qemu' }
  const expectations = [{ at: 'p.yaml:1:1', findings: [{ id: 'ffa.usable', outcome: 'pass' as const, facts: {} }] }]
  const id = Object.values(axes).join('/')
  const made = { id, axes, expectations, attempts: attempts.map(attemptOf), log: [] }
  return makeCell(more.run ?? 12, more.number ?? 1, made)
}

function kindOf(base: Shown[], series: Shown[]): ChangeKind {
  return compareCells({ name: 'x', base: cell('a', base), series: cell('b', series) }).kind
}

function sideOf(cells: ReportCell[]): Comparison['base'] {
  return { run: { id: 12, plan: 'p', state: 'finished', started: 0 }, cells, builds: [] }
}

describe('a finding', () => {
  it.each<[ChangeKind, Shown[], Shown[]]>([
    ['fixed', [{ x: 'fail' }], [{ x: 'pass' }]],
    ['broken', [{ x: 'pass' }, { x: 'pass' }], [{ x: 'fail' }]],
    ['unchanged', [{ x: 'fail' }], [{ x: 'fail' }, { x: 'fail' }]],
    ['unstable', [{ x: 'pass' }], [{ x: 'pass' }, { x: 'fail' }]],
    ['unstable', [{ x: 'fail' }, { x: 'pass' }], [{ x: 'pass' }]],
    ['unstable', [{ x: 'pass' }], [{ x: 'pass' }, {}]],
    ['changed', [{ x: 'skip' }], [{ x: 'pass' }]],
    ['unknown', [{ x: 'unknown' }], [{ x: 'pass' }]],
    ['unknown', [{}], [{ x: 'fail' }]],
    ['unknown', [{ x: 'pass' }], ['infra', 'infra']],
    ['unchanged', [{ x: 'pass' }], ['infra', { x: 'pass' }]],
  ])('is %s from %j to %j', (kind, base, series) => {
    expect(kindOf(base, series)).toBe(kind)
  })

  it('that fails for another reason is changed, but not one of which only counts and times differ', () => {
    const failed = (facts: Finding['facts']): Shown => ({ x: { outcome: 'fail', facts } })
    expect(kindOf([failed({ errno: -22 })], [failed({ errno: -95 })])).toBe('changed')
    expect(kindOf([failed({ title: 'KASAN' })], [failed({ title: 'WARNING' })])).toBe('changed')
    expect(kindOf([failed({ errno: -22, after: 0.5, calls: 7 })], [failed({ errno: -22, after: 0.7, calls: 9 })])).toBe(
      'unchanged',
    )
  })
})

it('a cell is what the worst of its findings is', () => {
  expect(kindOf([{ x: 'fail', y: 'pass' }], [{ x: 'pass', y: 'fail' }])).toBe('broken')
})

describe('a change', () => {
  const chain = (outcome: Outcome): Shown => ({
    'order.ffa': { outcome },
    'ffa.usable': { outcome, ...(outcome === 'fail' && { because: 'order.ffa' }) },
    'tpm.driver': { outcome, ...(outcome === 'fail' && { because: 'ffa.usable' }) },
  })
  const cells = (mode: string) => ({
    name: mode,
    base: cell('a', [chain('fail')], { mode }),
    series: cell('b', [chain('pass')], { mode, number: 2 }),
  })

  it('of a cause is told once, with the cells that show it and what follows from it', () => {
    const pairs = [cells('protected'), cells('nvhe')]
    const { groups, counts } = compare(sideOf([]), sideOf([]), { pairs, onlyBase: [], onlySeries: [], differ: [] })
    expect(groups.map(({ kind, id, cells: shown }) => [kind, id, shown.map(({ cell: { name } }) => name)])).toEqual([
      ['fixed', 'order.ffa', ['protected', 'nvhe']],
    ])
    expect(groups[0]!.cells[0]!.consequences.map(({ id }) => id)).toEqual(['ffa.usable', 'tpm.driver'])
    expect(counts).toEqual({ fixed: 2 })
  })

  it('whose cause has changed in another way stands for itself', () => {
    const series: Shown = { 'order.ffa': 'pass', 'ffa.usable': { outcome: 'fail', facts: { errno: -95 } } }
    const pair = { name: 'x', base: cell('a', [chain('fail')]), series: cell('b', [series]) }
    const { groups } = compare(sideOf([]), sideOf([]), { pairs: [pair], onlyBase: [], onlySeries: [], differ: [] })
    expect(groups.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'fixed order.ffa',
      'changed ffa.usable',
      'unknown tpm.driver',
    ])
  })
})

it('every cell of both sides is compared, or named as not compared, and every finding has one change', () => {
  const shown = fc.oneof(
    fc.constant('infra' as const),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...outcomes)),
  )
  const cells = fc.uniqueArray(fc.tuple(fc.constantFrom('m1', 'm2', 'm3'), fc.array(shown, { maxLength: 3 })), {
    selector: ([mode]) => mode,
  })
  fc.assert(
    fc.property(cells, cells, (one, other) => {
      const made = (kernel: string, from: typeof one) =>
        from.map(([mode, attempts]) => cell(kernel, attempts, { mode }))
      const [base, series] = [made('k1', one), made('k2', other)]
      const pairs = pairRuns(base, series)
      const told = compare(sideOf(base), sideOf(series), pairs)
      expect(told.cells.length + told.onlyBase.length).toBe(base.length)
      expect(told.cells.length + told.onlySeries.length).toBe(series.length)
      expect(Object.values(told.counts).reduce((sum, count) => sum + count, 0)).toBe(told.cells.length)
      for (const { kind, changes, unchanged, base: before, series: after } of told.cells) {
        const known = [before, after].every(({ attempts }) => attempts.some(({ says }) => says !== null))
        const ids = new Set(
          [before, after].flatMap(({ attempts }) =>
            attempts.flatMap(({ says, findings }) => (says === null ? [] : findings.map(({ id }) => id))),
          ),
        )
        if (known) expect(changes.length + unchanged).toBe(ids.size)
        expect(changeKinds).toContain(kind)
      }
      const inGroups = told.groups.flatMap(({ cells: each }) => each).length
      const causes = told.cells.flatMap(({ changes }) => changes.filter(({ because }) => because === undefined))
      expect(inGroups).toBe(causes.length)
    }),
  )
})

it('a cell that is compared with itself is unchanged, whatever it shows', () => {
  const shown = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(...outcomes))
  fc.assert(
    fc.property(shown, (one) => {
      expect(kindOf([one], [one])).toBe('unchanged')
    }),
  )
})

describe('pairs', () => {
  it('of two runs with one kernel each are those that have all but the kernel in common', () => {
    const { pairs, onlyBase, differ } = pairRuns(
      [cell('k1', [], { mode: 'nvhe' }), cell('k1', [], { mode: 'vhe' })],
      [cell('k2', [], { mode: 'nvhe' })],
    )
    expect(pairs.map(({ name }) => name)).toEqual(['ffa=y/full/nvhe/qemu'])
    expect(onlyBase.map(({ axes }) => axes['mode'])).toEqual(['vhe'])
    expect(differ).toContainEqual({ axis: 'kernel', base: 'k1', series: 'k2' })
  })

  it('of two runs with several kernels are those of the same kernel', () => {
    const kernels = ['k1', 'k2'].map((kernel) => cell(kernel, []))
    expect(pairRuns(kernels, kernels).pairs.map(({ base, series }) => base === series)).toEqual([true, true])
  })

  it('of one run are the cells that differ by one axis', () => {
    const all = ['k1', 'k2'].flatMap((kernel) => ['nvhe', 'vhe'].map((mode) => cell(kernel, [], { mode })))
    const { pairs } = pairValues(all, 'mode', 'nvhe', 'vhe')
    expect(pairs.map(({ name }) => name)).toEqual(['k1/ffa=y/full/qemu', 'k2/ffa=y/full/qemu'])
  })
})

describe('twenty comparisons of three healthy attempts with ten of a fault maker of 30 %', () => {
  it('call it unstable whenever it struck and missed, with the counts', () => {
    let state = 1
    const random = (): number => (state = (state * 48271) % 2147483647) / 2147483647
    for (let round = 0; round < 20; round++) {
      const series = Array.from({ length: 10 }, (): Shown => ({ x: random() < 0.3 ? 'fail' : 'pass' }))
      const failed = series.filter((one) => one !== 'infra' && one['x'] === 'fail').length
      const { kind, changes } = compareCells({ name: 'x', base: cell('a', [{ x: 'pass' }]), series: cell('b', series) })
      expect(kind).toBe(failed === 0 ? 'unchanged' : failed === 10 ? 'broken' : 'unstable')
      if (kind === 'unstable')
        expect(countsOfSide(changes[0]!.series)).toBe(`pass in ${10 - failed} of 10, fail in ${failed}`)
    }
  })
})
