import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { axes } from '../../../domain/plan/axes.ts'
import { expandMatrix } from '../../../domain/plan/expand-matrix.ts'
import { parsePlan } from '../../../domain/plan/parse-plan.ts'
import { formatError } from '../../../domain/yaml/located-error.ts'
import { errorsOf, folder, goodPlan, known } from './plans.ts'

// Hundreds of plans a test: on a host that is busy building, more than the usual seconds.
vi.setConfig({ testTimeout: 60_000 })

const anywhere = folder({})

/** Each error has a place inside the text and one line of words. */
function checkErrors(text: string): void {
  const parsed = parsePlan(text, 'plan.yaml', anywhere, known)
  if (parsed.ok) return
  const lines = text.split('\n').length
  expect(parsed.errors.length).toBeGreaterThan(0)
  for (const error of parsed.errors) {
    expect(error.line).toBeGreaterThanOrEqual(1)
    expect(error.line).toBeLessThanOrEqual(lines + 1)
    expect(error.column).toBeGreaterThanOrEqual(1)
    expect(formatError(error)).toMatch(/^plan\.yaml:\d+:\d+: [^\n]+$/)
  }
}

test('any text is a plan or has located errors', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), checkErrors))
})

test('a plan with any piece of YAML pushed into it is a plan or has located errors', () => {
  const piece = fc.constantFrom(
    '&a ',
    '*a',
    '<<: ',
    '{',
    '}',
    '[',
    ']',
    '- ',
    '? ',
    ': ',
    '\n',
    '\t',
    '!x ',
    '"',
    "'",
    '|\n',
    '---\n',
    '~',
    '0x1F',
    '%YAML 1.1\n',
    '__proto__: ',
    'constructor: ',
    '#',
  )
  const damage = fc.tuple(fc.nat(goodPlan.length), fc.nat(12), fc.array(piece, { maxLength: 4 }))
  fc.assert(
    fc.property(fc.array(damage, { maxLength: 4 }), (damages) => {
      let text = goodPlan
      for (const [at, drop, pieces] of damages) text = text.slice(0, at) + pieces.join('') + text.slice(at + drop)
      checkErrors(text)
    }),
    { numRuns: 250 },
  )
})

test('any value in the place of any part is a plan or has located errors', () => {
  const parts = [
    'name',
    'kernels',
    'configs',
    'stacks',
    'modes',
    'cmdline',
    'targets',
    'matrix',
    'probes',
    'expect',
    'attempts',
    'limits',
  ]
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...parts), fc.jsonValue({ maxDepth: 5 })), (plan) =>
      checkErrors(stringify(plan)),
    ),
    { numRuns: 150 },
  )
})

const nameArbitrary = fc.stringMatching(/^[a-z0-9][a-zA-Z0-9._=+:@-]{0,6}$/)
const named = <Value>(value: fc.Arbitrary<Value>) => fc.dictionary(nameArbitrary, value, { minKeys: 1, maxKeys: 3 })

const planArbitrary = fc
  .record({
    kernels: named(fc.constant({ source: { tree: '../linux' } })),
    configs: named(fc.constant({ symbols: { OPTEE: 'y' } })),
    stacks: named(fc.constant('stack.yaml')),
    modes: named(fc.constantFrom('', 'kvm-arm.mode=nvhe')),
    targets: named(fc.constant({ kind: 'qemu' })),
  })
  .chain((parts) => {
    const some = (names: string[]) => fc.option(fc.subarray(names, { minLength: 1 }), { nil: undefined })
    const matrix = fc.record({
      kernel: some(Object.keys(parts.kernels)),
      config: some(Object.keys(parts.configs)),
      stack: some(Object.keys(parts.stacks)),
      mode: some(Object.keys(parts.modes)),
      target: some(Object.keys(parts.targets)),
    })
    return matrix.map((axesGiven) => ({ name: 'any', ...parts, matrix: axesGiven }))
  })

test('any valid plan expands to as many cells as its axes say, with unique ids', () => {
  fc.assert(
    fc.property(planArbitrary, (given) => {
      const files = folder({ '/lab/stack.yaml': '' })
      const parsed = parsePlan(stringify(given, { defaultStringType: 'QUOTE_SINGLE' }), '/lab/plan.yaml', files, known)
      if (!parsed.ok) throw new Error(parsed.errors.map(formatError).join('\n'))
      const cells = expandMatrix(parsed.plan)
      expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length)
      expect(cells).toHaveLength(axes.reduce((product, axis) => product * parsed.plan.matrix.values[axis].length, 1))
      expect(expandMatrix(parsed.plan)).toEqual(cells)
    }),
    { numRuns: 100 },
  )
})

test('mistakes in different parts do not hide each other', () => {
  const mistakes: [from: string, to: string][] = [
    ['name: small', 'name: not a name'],
    ['base: allnoconfig', 'base: nothing'],
    ['fix.patch', 'no.patch'],
    ['ref: v7.0', 'reff: v7.0'],
    ['OPTEE: y', 'OPTEE: yes'],
    ['optee.yaml', 'no.yaml'],
    ['[linux-a]', '[linux-x]'],
    ['probes: [ffa, optee]', 'probes: [ffa, optee, optees]'],
    ['ffa.usable', 'ffa.usabel'],
    ['2 min', '2'],
  ]
  fc.assert(
    fc.property(fc.subarray(mistakes), (chosen) => {
      let text = goodPlan
      for (const [from, to] of chosen) text = text.replace(from, to)
      expect(errorsOf(text)).toHaveLength(chosen.length)
    }),
  )
})
