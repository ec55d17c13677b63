import { expect, test } from 'vitest'
import { expandMatrix } from '../../../domain/plan/expand-matrix.ts'
import { goodPlan, plan } from './plans.ts'

const ids = (text: string) => expandMatrix(plan(text)).map(({ id }) => id)
const withMatrix = (matrix: string) => goodPlan.replace(/matrix:\n(.*\n){2}/, `matrix:\n${matrix}`)

test('cells are the product in the order of the plan, the kernel turning slowest', () => {
  expect(
    ids(withMatrix('  mode: [nvhe, protected]\n  config: [module, builtin]\n  kernel: [linux-b, linux-a]\n')),
  ).toEqual([
    'linux-b/module/optee/nvhe/qemu',
    'linux-b/module/optee/protected/qemu',
    'linux-b/builtin/optee/nvhe/qemu',
    'linux-b/builtin/optee/protected/qemu',
    'linux-a/module/optee/nvhe/qemu',
    'linux-a/module/optee/protected/qemu',
    'linux-a/builtin/optee/nvhe/qemu',
    'linux-a/builtin/optee/protected/qemu',
  ])
})

test('exclude takes cells out, include adds some at the end, also with names that the axes leave out', () => {
  const matrix = `  kernel: linux-a
  config: [builtin, module]
  exclude:
    - { config: module, mode: [nvhe, protected] }
  include:
    - { kernel: linux-b, config: builtin, mode: nvhe }
    - { config: module, mode: protected }
`
  expect(ids(withMatrix(matrix))).toEqual([
    'linux-a/builtin/optee/protected/qemu',
    'linux-a/builtin/optee/nvhe/qemu',
    'linux-b/builtin/optee/nvhe/qemu',
    'linux-a/module/optee/protected/qemu',
  ])
})

test('without a matrix every combination of what is defined is a cell', () => {
  expect(ids(withMatrix('').replace('matrix:\n', ''))).toHaveLength(8)
})

test("a cell carries its kernel with the config's symbols and fragments on top, its command line and its expectations", () => {
  const text = goodPlan
    .replace('  builtin: { symbols: {', '  builtin: { fragments: [base.config], symbols: { NR_CPUS: 8,')
    .replace('    base: allnoconfig', '    symbols: { NR_CPUS: 4, SMP: y }\n    base: allnoconfig')
  const cell = expandMatrix(plan(`${text}cmdline: ignore_loglevel\n`)).find(({ id }) =>
    id.includes('builtin/optee/nvhe'),
  )
  expect(cell).toMatchObject({
    axes: { kernel: 'linux-a', config: 'builtin', stack: 'optee', mode: 'nvhe', target: 'qemu' },
    kernel: {
      name: 'linux-a',
      fragments: ['/lab/base.config', '/lab/base.config'],
      symbols: { NR_CPUS: '8', SMP: 'y', ARM_FFA_TRANSPORT: 'y', OPTEE: 'y' },
    },
    stack: { name: 'optee', recipe: '/lab/optee.yaml' },
    cmdline: 'ignore_loglevel kvm-arm.mode=nvhe',
    modules: [],
    probes: ['ffa', 'optee'],
    expectations: [{ findings: [{ id: 'ffa.usable', outcome: 'fail', facts: { errno: -22 } }] }],
  })
  const other = expandMatrix(plan(text)).find(({ id }) => id.includes('module/optee/nvhe'))
  expect(other?.expectations).toEqual([])
  expect(other?.modules).toEqual(['ffa-core', 'optee'])
})
