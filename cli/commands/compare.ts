import { InvalidArgumentError, Option, type Command } from 'commander'
import { compare, type Comparison } from '../../domain/compare/comparison.ts'
import { pairRuns, pairValues, valuesOf, type Pairs } from '../../domain/compare/pair-cells.ts'
import { LabError } from '../../domain/errors.ts'
import { axes, type Axis } from '../../domain/plan/axes.ts'
import type { Report } from '../../domain/report/report.ts'
import { suggest } from '../../domain/yaml/did-you-mean.ts'
import { patchTitles } from '../../reading/patch-titles.ts'
import { readReport } from '../../reading/read-report.ts'
import { compareMarkdown } from '../../reports/compare/markdown.ts'
import { compareText } from '../../reports/compare/text.ts'
import type { Store } from '../../store/store.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { reportOf } from '../report-of.ts'
import { withStore } from '../with-store.ts'
import { writeOutput } from '../write-output.ts'

const formats = ['text', 'md', 'json'] as const
type Format = (typeof formats)[number]

interface Options {
  axis: Axis
  base?: string
  series?: string
  format: Format
  output?: string
  tester?: string
}

/** `compare A [B]`: two runs, or two values of one axis of a run, finding by finding. */
export function defineCompare(command: Command, context: () => Context): void {
  command
    .addOption(
      new Option('--axis <axis>', 'of one run: the axis whose values are compared').choices(axes).default('kernel'),
    )
    .option('--base <value>', 'of one run: the value that is compared with; the first one when left out')
    .option('--series <value>', 'of one run: the value that is told; each other one when left out')
    .option('--format <format>', `how it is told: ${formats.join(', ')}`, formatOf, 'text')
    .option('--tester <name>', 'suggests a Tested-by: line of this name and address, where everything held')
    .option('-o, --output <file>', 'write it there, whole or not at all; to standard output when left out')
    .action(async (base: string, series: string | undefined, options: Options) => {
      const { folders, json, print, printJson, talk } = context()
      const comparisons = await withStore(folders, (store) => compared(store, base, series, options))
      const titles = await patchTitles(comparisons.flatMap(patchesOf))
      const tell = options.format === 'md' ? compareMarkdown : compareText
      const text = comparisons.map((one) => tell(one, { titles, tester: options.tester })).join('\n')
      const told = json || options.format === 'json' ? { schemaVersion: 1, comparisons } : undefined
      if (options.output !== undefined) {
        await writeOutput(options.output, told ? `${JSON.stringify(told, null, 2)}\n` : text)
        talk(`Written: ${options.output}`)
      } else if (told) printJson(told)
      else print(text)
      process.exitCode = exitCodeOf(comparisons)
    })
}

async function compared(
  store: Store,
  base: string,
  series: string | undefined,
  { axis, base: value, series: other }: Options,
): Promise<Comparison[]> {
  const one = await read(store, base)
  if (series !== undefined) {
    if (value !== undefined || other !== undefined)
      throw new LabError('BadInput', 'Of two runs all cells are compared: leave out --base and --series.')
    const two = await read(store, series)
    return [comparisonOf(one, two, pairRuns(one.cells, two.cells), `run ${base} and run ${series}`)]
  }
  const values = valuesOf(one.cells, axis)
  const from = value === undefined ? values[0]! : valueOf(value, values, axis)
  const others = other === undefined ? values.filter((each) => each !== from) : [valueOf(other, values, axis)]
  if (others.length === 0)
    throw new LabError(
      'NotFound',
      `All cells of run ${base} have the ${axis} ${from}: name another --axis, or a second run.`,
    )
  return others.map((to) =>
    comparisonOf(
      side(one, axis, from),
      side(one, axis, to),
      pairValues(one.cells, axis, from, to),
      `${from} and ${to}`,
    ),
  )
}

function comparisonOf(base: Told, series: Told, pairs: Pairs, what: string): Comparison {
  if (pairs.pairs.length === 0)
    throw new LabError('NotFound', `No cell of ${what} is the same but for one value: there is nothing to compare.`)
  return compare(base, series, pairs)
}

type Told = Report & { run: NonNullable<Report['run']> }

async function read(store: Store, word: string): Promise<Told> {
  const of = await reportOf(store, word, undefined)
  const nothingKnown = async () => ({ issues: [], zone: 'UTC', owner: undefined })
  const report = await readReport(store, of, nothingKnown, Date.now())
  if (!report?.run) throw new LabError('NotFound', `The newest night of ${word} has no run that could be compared.`)
  return { ...report, run: report.run }
}

function side(told: Told, axis: Axis, value: string): Told {
  return { ...told, cells: told.cells.filter((cell) => cell.axes[axis] === value) }
}

function valueOf(asked: string, values: readonly string[], axis: Axis): string {
  if (values.includes(asked)) return asked
  throw new LabError('NotFound', `No cell has the ${axis} "${asked}": ${suggest(asked, values)}`)
}

function patchesOf({ base, series }: Comparison): string[] {
  return [...base.cells, ...series.cells].flatMap(({ kernel }) => kernel.patches)
}

/** Whoever runs it before a mail, or in a job, wants to know whether anything is worse. */
function exitCodeOf(comparisons: readonly Comparison[]): number {
  const any = (kind: 'broken' | 'unstable' | 'unknown') => comparisons.some(({ counts }) => counts[kind] !== undefined)
  if (any('broken') || any('unstable')) return exitCodes.verdict
  return any('unknown') ? exitCodes.infra : exitCodes.ok
}

function formatOf(text: string): Format {
  const format = formats.find((one) => one === text)
  if (format !== undefined) return format
  throw new InvalidArgumentError(`There is no such format: ${suggest(text, formats)}`)
}
