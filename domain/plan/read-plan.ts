import type { AttemptPolicy, ExpectedFinding, KernelInputs, SourceLocation } from '../cell.ts'
import type { Target } from '../target.ts'
import { axes, sections } from './axes.ts'
import type { Axis, Selector } from './axes.ts'
import type { Checked } from './check.ts'
import { installed, type Plan } from './plan.ts'
import { parseDuration, parseSize } from '../yaml/quantity.ts'
import { infraAttempts, mostAttempts, usualMachine } from './schema.ts'
import type { PlanFile } from './schema.ts'
import type { Path } from '../yaml/yaml-text.ts'

type FileKernel = PlanFile['kernels'][string]
type FileLocation = Extract<FileKernel['source'], unknown[]>[number]
type FileSelector = PlanFile['matrix']['exclude'][number]

/** @returns the plan that a file without mistakes means */
export function readPlan(
  plan: PlanFile,
  { yaml, file, files, known }: Pick<Checked, 'yaml' | 'file' | 'files' | 'known'>,
): Plan {
  const absolute = (path: string) => files.resolve(file, path)
  const symbols = (path: Path, given: Record<string, string | number>) =>
    mapValues(given, (value, key) => symbolValue(value, yaml.source([...path, key])))
  const kernel = (name: string, given: FileKernel): KernelInputs => ({
    name,
    sources: list(given.source).map((location) => sourceLocation(location, absolute)),
    patches: given.patches.map(absolute),
    ...(given.fuzz > 0 && { fuzz: given.fuzz }),
    base: given.base,
    fragments: given.fragments.map(absolute),
    symbols: symbols(['kernels', name, 'symbols'], given.symbols),
  })
  const defined = (axis: Axis) => Object.keys(plan[sections[axis]])
  const values = {} as Record<Axis, string[]>
  for (const axis of axes) values[axis] = list(plan.matrix[axis] ?? defined(axis))

  return {
    name: plan.name,
    description: plan.description ?? '',
    file,
    kernels: mapValues(plan.kernels, (given, name) => kernel(name, given)),
    configs: mapValues(plan.configs, (given, name) => ({
      fragments: given.fragments.map(absolute),
      symbols: symbols(['configs', name, 'symbols'], given.symbols),
      modules: given.modules,
    })),
    stacks: mapValues(plan.stacks, (given) => (given === installed ? installed : absolute(given))),
    modes: plan.modes,
    targets: mapValues(plan.targets, targetOf),
    cmdline: plan.cmdline,
    matrix: { values, exclude: plan.matrix.exclude.map(readSelector), include: plan.matrix.include.map(readSelector) },
    probes: plan.probes ?? [...known.groups],
    expectations: plan.expect.map((given, index) => {
      const { line, column } = yaml.where(['expect', index])
      return {
        ...(given.known === undefined ? {} : { known: given.known }),
        cells: readSelector(given.cells),
        findings: Object.entries(given.findings).map(([id, wanted]) => expectedFinding(id, wanted)),
        at: `${file}:${line}:${column}`,
      }
    }),
    attempts: plan.pairs === undefined ? attemptsOf(plan.attempts) : inTurns(plan.pairs, plan.attempts),
    limits: {
      silence: parseDuration(plan.limits.silence),
      ...(plan.limits.console !== undefined && { console: parseSize(plan.limits.console) * 2 ** 20 }),
    },
  }
}

function attemptsOf(given: PlanFile['attempts']): AttemptPolicy {
  if (typeof given === 'number') return { count: given, infra: infraAttempts }
  const { count, infra, until } = given
  return { count: count ?? (until === undefined ? 1 : mostAttempts), infra, ...(until && { until }) }
}

function inTurns(count: number, attempts: PlanFile['attempts']): AttemptPolicy {
  return { count, infra: attemptsOf(attempts).infra, inTurns: true }
}

function targetOf({ kind, ...given }: PlanFile['targets'][string], name: string): Target {
  if (kind !== 'qemu') return { kind, name, class: given.class!, tags: given.tags ?? [] }
  const { cpu = usualMachine.cpu, smp = usualMachine.smp, memory = usualMachine.memory } = given
  return {
    kind,
    name,
    cpu,
    smp,
    memory: typeof memory === 'string' ? parseSize(memory) : memory,
    ...(given.trace === false ? { trace: false } : {}),
  }
}

function sourceLocation(given: FileLocation, absolute: (path: string) => string): SourceLocation {
  const sha256 = given.sha256 === undefined ? {} : { sha256: given.sha256 }
  const { newest: pattern } = given
  if (pattern !== undefined) {
    if (given.deb !== undefined) return { kind: 'newest', of: 'deb', name: given.deb, pattern }
    if (given.debian !== undefined) return { kind: 'newest', of: 'debian', name: given.debian, pattern }
    return { kind: 'newest', of: 'git', name: repositoryOf(given.git!, absolute), pattern }
  }
  if (given.deb !== undefined) return { kind: 'deb', package: given.deb, version: given.version!, ...sha256 }
  if (given.debian !== undefined) return { kind: 'debian', package: given.debian, version: given.version!, ...sha256 }
  if (given.tarball !== undefined) return { kind: 'tarball', url: given.tarball, ...sha256 }
  if (given.tree !== undefined) return { kind: 'tree', path: absolute(given.tree) }
  return { kind: 'git', url: repositoryOf(given.git!, absolute), ref: given.ref! }
}

/** An address (https://..., user@host:...) stays; anything else is a path beside the plan. */
function repositoryOf(given: string, absolute: (path: string) => string): string {
  return /^[a-z+]+:\/\/|^[^/]+@?[^/]*:/.test(given) ? given : absolute(given)
}

/**
 * A value as it stands in a .config: y, m, n and numbers bare, any other text in double quotes with `"` and `\`
 * escaped (Documentation/kbuild/kconfig-language.rst, scripts/kconfig/symbol.c, Linux 6.18).
 */
function symbolValue(value: string | number, source: string | undefined): string {
  if (typeof value === 'number') return source ?? String(value)
  if (/^([ymn]|-?\d+|0[xX][0-9a-fA-F]+|".*")$/.test(value)) return value
  return `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}

function expectedFinding(id: string, wanted: PlanFile['expect'][number]['findings'][string]): ExpectedFinding {
  if (typeof wanted === 'string') return { id, outcome: wanted, facts: {} }
  const { outcome, ...facts } = wanted
  return { id, outcome, facts }
}

/** A selector as a file has it: one value on an axis, or a list. */
export function readSelector(given: FileSelector): Selector {
  const result: Selector = {}
  for (const axis of axes) if (given[axis] !== undefined) result[axis] = list(given[axis])
  return result
}

function list<Value>(value: Value | Value[]): Value[] {
  return Array.isArray(value) ? value : [value]
}

function mapValues<In, Out>(record: Record<string, In>, change: (value: In, key: string) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}
