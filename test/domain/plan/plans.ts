import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Known, PlanFiles } from '../../../domain/plan/check.ts'
import { parsePlan } from '../../../domain/plan/parse-plan.ts'
import { formatError } from '../../../domain/yaml/located-error.ts'
import type { Plan } from '../../../domain/plan/plan.ts'

/** Probe groups and findings for these tests; the real ones are the business of domain/probes. */
export const known: Known = {
  groups: ['pkvm', 'order', 'ffa', 'optee', 'fault'],
  findings: [
    'pkvm.mode',
    'pkvm.finalised',
    'order.ffa-before-kvm',
    'ffa.version',
    'ffa.usable',
    'ffa.partitions',
    'optee.driver',
    'fault.kernel',
    'fault.firmware',
  ],
}

/** The files of this machine, as the CLI reads them. */
export const disk: PlanFiles = {
  read: (path) => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return undefined
    }
  },
  whyUnreadable: () => undefined,
  list: () => undefined,
  recipeMistakes: () => [],
  resolve: (from, path) => resolve(dirname(from), path),
}

/** A folder that holds just these files. */
export function folder(contents: Record<string, string>): PlanFiles {
  const names = Object.keys(contents).filter((path) => path.startsWith('/lab/'))
  return {
    read: (path) => contents[path],
    whyUnreadable: (path) => (path === '/lab' ? 'is a folder' : undefined),
    list: (path) => (path === '/lab' ? names.map((name) => name.slice('/lab/'.length)) : undefined),
    // What is wrong with recipes, those who build from them know; tests of that have recipes of their own.
    recipeMistakes: () => [],
    resolve: (from, path) => resolve(dirname(from), path),
  }
}

const beside = folder({
  '/lab/base.config': '# base\nCONFIG_SMP=y\n# CONFIG_VT is not set\n',
  '/lab/fix.patch': 'diff',
  '/lab/optee.yaml': 'name: optee',
})

/** A small plan without mistakes; tests change one thing in it. */
export const goodPlan = `name: small
kernels:
  linux-a:
    source: { tarball: 'https://example.org/linux.tar.xz' }
    base: allnoconfig
    fragments: [base.config]
    patches: [fix.patch]
  linux-b:
    source:
      - { tree: ../linux }
      - { git: 'https://example.org/linux.git', ref: v7.0 }
configs:
  builtin: { symbols: { ARM_FFA_TRANSPORT: y, OPTEE: y } }
  module: { symbols: { ARM_FFA_TRANSPORT: m, OPTEE: m }, modules: [ffa-core, optee] }
stacks: { optee: optee.yaml }
modes: { protected: kvm-arm.mode=protected, nvhe: kvm-arm.mode=nvhe }
matrix:
  kernel: [linux-a]
  config: [builtin, module]
probes: [ffa, optee]
expect:
  - cells: { config: builtin }
    findings: { ffa.usable: { outcome: fail, errno: -22 } }
limits: { silence: 2 min }
`

/** @returns the plan that `text` means; throws its errors as text if it has any */
export function plan(text: string): Plan {
  const parsed = parsePlan(text, '/lab/plan.yaml', beside, known)
  if (!parsed.ok) throw new Error(parsed.errors.map(formatError).join('\n'))
  return parsed.plan
}

/** @returns the errors of `text`, one line each, without the file's folder */
export function errorsOf(text: string): string[] {
  const parsed = parsePlan(text, '/lab/plan.yaml', beside, known)
  return parsed.ok ? [] : parsed.errors.map((error) => formatError(error).replaceAll('/lab/', ''))
}
