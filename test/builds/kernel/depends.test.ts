import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  missingSymbols,
  parseExpression,
  showExpression,
  unmet,
  valueOf,
  type Expression,
} from '../../../builds/kernel/depends.ts'

function parsed(text: string): Expression {
  const expression = parseExpression(text)
  if (expression === undefined) throw new Error(`not an expression: ${text}`)
  return expression
}

describe('values', () => {
  test.each([
    ['A [=y]', 2],
    ['A [=m]', 1],
    ['A [=n]', 0],
    ['!A [=m]', 1],
    ['!A [=n]', 2],
    ['A [=y] && B [=m]', 1],
    ['A [=n] || B [=m]', 1],
    ['A [=y] && (B [=n] || !C [=n])', 2],
    ['(A [=n] || B [=y]) && C [=n]', 0],
    ['A [=m] && B [=y] || C [=y]', 2],
    ['PAGE_SHIFT [=12]=12', 2],
    ['PAGE_SHIFT [=12]!=12', 0],
    ['GCC_VERSION [=120200]>=90000', 2],
    ['GCC_VERSION [=120200]<90000', 0],
    ['A [=y]=B [=y]', 2],
    ['NEVER_DEFINED && A [=y]', 0],
    ['NEVER_DEFINED=n || A [=n]', 2],
    ['<choice> && A [=y]', 2],
    ['y', 2],
  ] as const)('%s is %i', (text, value) => {
    expect(valueOf(parsed(text))).toBe(value)
  })
})

// As menuconfig's search prints them for Linux 6.18.5, arm64.
test.each([
  ['TEE [=y] && HAVE_ARM_SMCCC [=y] && MMU [=y] && (RPMB [=n] || !RPMB [=n])', []],
  ['TCG_TPM [=n] && ARM_FFA_TRANSPORT [=y] && TCG_CRB [=n]', ['TCG_TPM [=n]', 'TCG_CRB [=n]']],
  ['PCI [=n] && OF [=y] && (ARM64 [=y] || COMPILE_TEST [=n]) && PCI_MSI [=n]', ['PCI [=n]', 'PCI_MSI [=n]']],
  ['A [=n] || B [=n]', ['A [=n] || B [=n]']],
])('%s lacks %j', (text, lacks) => {
  expect(unmet(parsed(text), 2).map(showExpression)).toEqual(lacks)
})

test('a module is enough for a module', () => {
  const expression = parsed('A [=m] && B [=y]')
  expect(unmet(expression, 1)).toEqual([])
  expect(unmet(expression, 2).map(showExpression)).toEqual(['A [=m]'])
})

test('only symbols that could help are missing', () => {
  expect(missingSymbols(parsed('A [=n] || !B [=y] || (C [=m] && D [=y]) || E [=1]>2'), 2)).toEqual(['A', 'C'])
})

test.each(['A [=y] &&', '&& A [=y]', '(A [=y]', 'A [=y] B [=y]', '[2 4096]', ''])('%j is no expression', (text) => {
  expect(parseExpression(text)).toBeUndefined()
})

const operand = fc.record({
  name: fc.stringMatching(/^[A-Z][A-Z0-9_]{0,5}$/),
  value: fc.constantFrom('y', 'm', 'n', '12', '0x40'),
})
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    operand.map((one): Expression => ({ kind: 'symbol', ...one })),
    fc.record({
      kind: fc.constant('compare'),
      operator: fc.constantFrom('=', '!=', '<', '<=', '>', '>='),
      left: operand,
      right: operand,
    }),
    fc.record({ kind: fc.constant('not'), of: tie('expression') }),
    fc.record({ kind: fc.constantFrom('and', 'or'), left: tie('expression'), right: tie('expression') }),
  ) as fc.Arbitrary<Expression>,
}))

test('what is shown reads as what it was', () => {
  fc.assert(
    fc.property(expression, (one) => {
      const again = parsed(showExpression(one))
      expect(valueOf(again)).toBe(valueOf(one))
      expect(showExpression(again)).toBe(showExpression(one))
    }),
  )
})

test('an expression lacks something exactly when it is below what is wanted', () => {
  fc.assert(
    fc.property(expression, fc.constantFrom(1, 2), (one, wanted) => {
      expect(unmet(one, wanted as 1 | 2).length > 0).toBe(valueOf(one) < wanted)
    }),
  )
})
