import { expect, test } from 'vitest'
import {
  configDistance,
  configValue,
  mergeConfig,
  notTaken,
  parseConfig,
  type Config,
} from '../../../builds/kernel/config-text.ts'

test('reads settings, switched-off symbols, comments and blanks; the last word wins', () => {
  const text = `# Automatically generated
CONFIG_A=y
# CONFIG_B is not set
CONFIG_C=n   # a reason
CONFIG_D="a # b"
  CONFIG_E=0x10

CONFIG_A=m
`
  expect(Object.fromEntries(parseConfig(text, 'x.config'))).toEqual({ A: 'm', B: 'n', C: 'n', D: '"a # b"', E: '0x10' })
})

test('every line that is none of a configuration is told, with its place', () => {
  expect(() => parseConfig('CONFIG_A=y\nA=y\n\nCONFIG_B y\n', 'x.config')).toThrow(
    /x\.config:2: "A=y"; x\.config:4: "CONFIG_B y"$/,
  )
})

test.each([
  ['y', 'y'],
  ['18', '18'],
  ['0x1F', '0x1F'],
  ['-test', '"-test"'],
  ['say "hi" \\o', '"say \\"hi\\" \\\\o"'],
  ['"quoted already"', '"quoted already"'],
  ['', '""'],
])('the inline value %j stands as %s', (value, text) => {
  expect(configValue(value)).toBe(text)
})

test('a request replaces what the base says, whichever way it says it', () => {
  const base = '# head\nCONFIG_A=y\n# CONFIG_B is not set\nCONFIG_AB=y\nCONFIG_C=3\n'
  const requested: Config = new Map([
    ['A', 'n'],
    ['B', 'm'],
    ['D', '"x"'],
  ])
  expect(mergeConfig(base, requested)).toBe(
    '# head\nCONFIG_AB=y\nCONFIG_C=3\n# CONFIG_A is not set\nCONFIG_B=m\nCONFIG_D="x"\n',
  )
})

test('a symbol took when its value is the same, whatever its spelling; absent is n', () => {
  const requested: Config = new Map([
    ['GONE', 'n'],
    ['HEX', '0x0010'],
    ['OFF', 'y'],
    ['MOD', 'y'],
  ])
  const effective = parseConfig('CONFIG_HEX=0x10\nCONFIG_MOD=m\n', '.config')
  expect(notTaken(requested, effective)).toEqual([
    { symbol: 'OFF', wanted: 'y', got: 'n' },
    { symbol: 'MOD', wanted: 'y', got: 'm' },
  ])
})

test('the distance counts symbols, not lines', () => {
  const a: Config = new Map([['A', 'y'], ['B', 'y']]) // prettier-ignore
  const b: Config = new Map([['A', 'm'], ['C', 'y']]) // prettier-ignore
  expect(configDistance(a, a)).toBe(0)
  expect(configDistance(a, b)).toBe(3)
})
