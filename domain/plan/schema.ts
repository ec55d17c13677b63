import { z } from 'zod'
import { outcomes } from '../finding.ts'
import { durationPattern, parseDuration, sizePattern } from '../yaml/quantity.ts'
import type { Shape } from '../yaml/shape-errors.ts'
import { map, named, oneOrMore } from '../yaml/shapes.ts'
import { config, kernel } from './schema-kernels.ts'
import { cmdline, name, path, word } from './schema-words.ts'

// The shape of a plan file and nothing else: what it means is in read-plan.ts, whether its parts fit is in check-*.ts.
// Messages have the form `what is wrong; what would be right`, for ../yaml/shape-errors.ts.

/** The kinds of target that are places of a lab. */
export const labKinds = ['board', 'fvp'] as const

/** What a QEMU target is unless its plan says otherwise. */
export const usualMachine = { cpu: 'max,sme=off,pauth-impdef=on', smp: 2, memory: 2048 }

/** That many a virt machine with a GICv3 takes (QEMU 10.0, hw/arm/virt.c: `max_cpus`). */
const mostCpus = 512

// One map with every key, so that editors complete it; which keys go together is in check-targets.ts.
const target = map({
  kind: z
    .enum(['qemu', ...labKinds])
    .describe('What boots: qemu, a virt machine of this host; board or fvp, a place of the lab.'),
  class: name.optional().describe('With board or fvp: the class of its places, as the lab names it.'),
  tags: z.array(name).optional().describe('With board or fvp: tags that the place must have.'),
  cpu: word.optional().describe(`With qemu: as for -cpu; ${usualMachine.cpu} when left out.`),
  smp: z
    .int()
    .min(1, 'is not a number of CPUs; 1 or more')
    .max(mostCpus, `is not a number of CPUs; a virt machine of QEMU has ${mostCpus} at most`)
    .optional()
    .describe(`With qemu: number of CPUs; ${usualMachine.smp} when left out.`),
  memory: z
    .union([
      z.int().min(1, 'is not a size; 2048, 2 GiB'),
      z.string().regex(sizePattern, 'is not a size; 2 GiB or 2048 MiB'),
    ])
    .optional()
    .describe(`With qemu: RAM in MiB, or with a unit, e.g. 2 GiB; ${usualMachine.memory} when left out.`),
  trace: z
    .boolean()
    .optional()
    .describe('With qemu: whether FF-A, PSCI and TRNG calls are traced, where the host can; true when left out.'),
})

const selectorShape = {
  kernel: oneOrMore(z.string()).optional().describe('One name, or a list of names, out of kernels.'),
  config: oneOrMore(z.string()).optional().describe('One name, or a list of names, out of configs.'),
  stack: oneOrMore(z.string()).optional().describe('One name, or a list of names, out of stacks.'),
  mode: oneOrMore(z.string()).optional().describe('One name, or a list of names, out of modes.'),
  target: oneOrMore(z.string()).optional().describe('One name, or a list of names, out of targets.'),
}
export const selector = map(selectorShape).describe(
  'Cells: one name or a list on an axis; an axis that is left out may be anything.',
)

const outcome = z.enum(outcomes)
const expected = z.union([
  outcome,
  z
    .object({ outcome: outcome.describe('What the finding must come to.') })
    .catchall(z.union([z.string(), z.number(), z.boolean()]))
    .describe('An outcome and facts that must be equal too, e.g. errno: -22.'),
])

const expectation = map({
  cells: selector.default({}).describe('The cells that this is about; all when left out.'),
  known: z
    .string()
    .min(1, 'is empty; one sentence that names the bug')
    .optional()
    .describe(
      'The known bug that these findings show. A cell that shows it is a known-fail and keeps the exit code 0.',
    ),
  findings: named(z.string(), expected).describe(
    'What each finding must come to: an outcome, or an outcome with facts.',
  ),
})

/** How often infrastructure may break when a plan does not say. */
export const infraAttempts = 3
/** How many attempts are made at most until one is confident. */
export const mostAttempts = 50
/**
 * How many attempts of a cell may be asked for: its story tells each of them in up to 30 events, and a server warns from
 * 10,240 on. A `rerun`, each attempt of which has a story of its own, makes more.
 */
export const countedAttempts = 300
/** A number of attempts as files have it. */
export const attemptCount = z
  .int()
  .min(1, 'is not a number of attempts; 1 or more')
  .max(countedAttempts, `is more attempts than a cell has in one run; ${countedAttempts} at most`)

/** With less than a second each boot would hang, and a timer holds no more than 24 days. */
function isSilence(text: string): boolean {
  const seconds = parseDuration(text)
  return seconds >= 1 && seconds <= 24 * 60 * 60
}

function isDuration({ value }: { value: unknown }): boolean {
  return typeof value === 'string' && durationPattern.test(value)
}

/** A plan file, as the user writes it. */
export const planFile = map({
  name: name.describe('Name of the plan; runs are listed under it.'),
  description: z.string().optional().describe('What the plan is for, for people.'),
  kernels: named(name, kernel).describe('Kernels by name.'),
  configs: named(name, config)
    .default({ default: { symbols: {}, fragments: [], modules: [] } })
    .describe("Variants of each kernel's config, by name."),
  stacks: named(name, path).describe(
    'Firmware below the kernel, by name: a recipe file, or the word installed for what a board has already.',
  ),
  modes: named(name, cmdline).default({ default: '' }).describe('Kernel command line of each mode, by name.'),
  cmdline: cmdline
    .default('')
    .describe('Kernel command line that all cells share. Console and initrd are added by the target.'),
  targets: named(name, target)
    .default({ qemu: { kind: 'qemu' } })
    .describe('Machines and places, by name.'),
  matrix: map({
    ...selectorShape,
    exclude: z.array(selector).default([]).describe('Cells to leave out.'),
    include: z
      .array(selector)
      .default([])
      .describe('Cells to add; an axis that is left out takes the values of the matrix.'),
  })
    .default({ exclude: [], include: [] })
    .describe(
      'The cells: every combination of the names on each axis. An axis that is left out takes all names that are defined.',
    ),
  probes: z
    .array(z.string())
    .min(1, 'is an empty list; one probe group at least')
    .optional()
    .describe('Probe groups to run; all when left out.'),
  expect: z.array(expectation).default([]).describe('What findings must come to.'),
  attempts: z
    .union([
      attemptCount,
      map({
        count: attemptCount
          .optional()
          .describe('Attempts that count: 1 when left out; with `until` as many at most, 50.'),
        until: z
          .enum(['confident'])
          .optional()
          .describe('Try until it is sure whether the cell is steady: at least 19 attempts of one that is.'),
        infra: z
          .int()
          .min(0, 'is not a number of attempts; 0 or more')
          .max(countedAttempts, `is more attempts than a cell has in one run; ${countedAttempts} at most`)
          .default(infraAttempts)
          .describe('How often infrastructure may break.'),
      }),
    ])
    .default(1)
    .describe(
      'Attempts of each cell that count; infra: how often infrastructure may break before the cell is given up.',
    ),
  pairs: attemptCount
    .optional()
    .describe(
      'Attempts of each cell that count, made in turns with those of the cells that differ by their kernel alone, on the same place: base, series, base, series.',
    ),
  limits: map({
    silence: z
      .string('is not a duration; a number with a unit, e.g. 60 s or 2 min')
      .regex(durationPattern, 'is not a duration; a number with a unit, e.g. 60 s or 2 min')
      .refine(isSilence, { error: 'is no silence that can be waited for; 1 s to 24 h', when: isDuration })
      .default('60 s')
      .describe('How long all consoles may be silent before an attempt is called hung; a slow host stretches it.'),
    console: z
      .string('is not a size; a number with a unit, e.g. 256 MiB or 2 GiB')
      .regex(sizePattern, 'is not a size; a number with a unit, e.g. 256 MiB or 2 GiB')
      .optional()
      .describe('How much one console may say before the target is powered off and counts as broken; 256 MiB.'),
  })
    .default({ silence: '60 s' })
    .describe('Limits of an attempt; that on silence is scaled by the history of this host.'),
})
export type PlanFile = z.output<typeof planFile>

/** How mistakes in it are told. The facts of an expected finding are free, so a misspelt outcome looks like a fact. */
export const planShape: Shape = { schema: planFile, kind: 'plan', page: 'docs/plans.md', besideFree: ['outcome'] }

/** @returns the JSON Schema (draft 2020-12) of a plan file, for editors that complete and check YAML */
export function planJsonSchema(): object {
  const schema = z.toJSONSchema(planFile, { io: 'input', target: 'draft-2020-12' })
  return { title: 'hyplab plan', ...schema }
}
