import { expect, test } from 'vitest'
import { parsePlan } from '../../../domain/plan/parse-plan.ts'
import { formatError } from '../../../domain/yaml/located-error.ts'
import { folder, goodPlan, known } from './plans.ts'

const recipe = `needs:
  ACPI: y
  PCI: y
  TCG_ARM_CRB_FFA: [y, m]
`

/** The errors of the good plan, changed, on a stack with needs. */
function errors(change: (plan: string) => string, fragment: string, needs = recipe): string[] {
  const files = folder({ '/lab/base.config': fragment, '/lab/fix.patch': '', '/lab/optee.yaml': needs })
  const parsed = parsePlan(change(goodPlan), '/lab/plan.yaml', files, known)
  return parsed.ok ? [] : parsed.errors.map((error) => formatError(error).replaceAll('/lab/', ''))
}

const same = (plan: string): string => plan
const enough = 'CONFIG_ACPI=y\nCONFIG_PCI=y # trap\nCONFIG_TCG_ARM_CRB_FFA=m\n'

test('a kernel that asks for what the stack needs is fine, and so is a stack that needs nothing', () => {
  expect(errors(same, enough)).toEqual([])
  expect(errors(same, '', 'title: t\n')).toEqual([])
  expect(errors(same, '', 'needs: [\n')).toEqual([])
})

test('what an empty base leaves out is one error for each kernel and config, at the kernel’s fragments', () => {
  expect(errors(same, 'CONFIG_ACPI=y\n# CONFIG_PCI is not set\n')).toEqual([
    'plan.yaml:6:16: linux-a with builtin cannot run on the stack optee, which needs PCI=y (it is n by base.config:2), TCG_ARM_CRB_FFA=y or m; add CONFIG_PCI=y CONFIG_TCG_ARM_CRB_FFA=y, e.g. by a fragment out of stacks/kernel, or exclude those cells',
    'plan.yaml:6:16: linux-a with module cannot run on the stack optee, which needs PCI=y (it is n by base.config:2), TCG_ARM_CRB_FFA=y or m; add CONFIG_PCI=y CONFIG_TCG_ARM_CRB_FFA=y, e.g. by a fragment out of stacks/kernel, or exclude those cells',
  ])
})

test('a symbol that the plan itself sets otherwise is where the error is, and the last word wins', () => {
  const off = (plan: string): string => plan.replace('builtin: { symbols: { ', 'builtin: { symbols: { PCI: n, ')
  expect(errors(off, enough)).toEqual([
    expect.stringMatching(/^plan\.yaml:13:30: linux-a with builtin cannot run .* needs PCI=y \(it is n\); add /),
  ])
  const on = (plan: string): string => plan.replace('builtin: { symbols: { ', 'builtin: { symbols: { PCI: y, ')
  expect(errors(on, enough.replace('PCI=y', 'PCI=n')).map((line) => line.split(' cannot')[0])).toEqual([
    'plan.yaml:6:16: linux-a with module',
  ])
})

test('what a full base turns on is not known, but what is asked for against it is', () => {
  const full = (plan: string): string => plan.replace('base: allnoconfig', 'base: defconfig')
  expect(errors(full, '')).toEqual([])
  expect(errors(full, 'CONFIG_PCI=n\n')).toHaveLength(2)
})

test('cells that are excluded need nothing', () => {
  const excluded = (plan: string): string =>
    plan.replace('config: [builtin, module]', 'config: [builtin, module]\n  exclude: [{ config: module }]')
  expect(errors(excluded, '')).toEqual([expect.stringContaining('linux-a with builtin')])
})
