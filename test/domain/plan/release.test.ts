/** What a plan may add to a kernel's release. */
import { expect, test } from 'vitest'
import { parsePlan } from '../../../domain/plan/parse-plan.ts'

const known = { groups: ['ffa'], findings: ['ffa.usable'] }

function mistakesOf(symbol: string, fragment = ''): string[] {
  const text = [
    'name: p',
    'kernels:',
    '  k:',
    '    source: { tree: linux }',
    '    fragments: [f.config]',
    `    symbols: { LOCALVERSION: ${symbol} }`,
    'stacks: { s: installed }',
    'modes: { m: mode=m }',
    'targets: { t: { kind: board, class: c } }',
    '',
  ].join('\n')
  const files = {
    read: (path: string) => (path === '/f.config' ? fragment : ''),
    resolve: (_from: string, path: string) => `/${path}`,
    whyUnreadable: () => undefined,
    list: () => [],
    recipeMistakes: () => [],
  }
  const parsed = parsePlan(text, 'p.yaml', files, known)
  return parsed.ok ? [] : parsed.errors.map(({ file, line, message }) => `${file}:${line}: ${message}`)
}

test.each(['-mine', '"-mine"', `'"-mine.2+x~y_z"'`, "''"])('%s can be a part of it', (symbol) => {
  expect(mistakesOf(symbol)).toEqual([])
})

test.each([
  [`'-a"b'`, '"\\""'],
  [`'"-a"b"'`, '"\\""'],
  [`"-it's"`, '"\'"'],
  ['-a b', '" "'],
  ['-a/b', '"/"'],
  ['"-a$(x)"', '"$"'],
])('%s cannot, and the character is named', (symbol, bad) => {
  expect(mistakesOf(symbol)).toEqual([`p.yaml:6: LOCALVERSION holds ${bad}, which no kernel release can`])
})

test('one in a fragment is found in its line, and one that is too long is counted', () => {
  expect(mistakesOf('-a', 'CONFIG_KVM=y\nCONFIG_LOCALVERSION="-a b"\n')).toEqual([
    '/f.config:2: LOCALVERSION holds " ", which no kernel release can',
  ])
  expect(mistakesOf(`-${'a'.repeat(60)}`)).toEqual([
    'p.yaml:6: LOCALVERSION has 61 characters, and a kernel release 64 at most',
  ])
})
