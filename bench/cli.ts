import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { execa } from 'execa'
import { writeLongLog } from './inspect-throughput.ts'
import { spreadOf, type Spread } from './spread.ts'

/** One command in both trees. */
export interface CliRow {
  what: string
  /** Seconds on the clock. */
  ours: Spread
  theirs: Spread
  /** Ours in theirs, of the same round. */
  wall: Spread
  /** As `wall`, of the time on a core, user and system: a busy machine changes it less. */
  cpu: Spread
  goal: number
}

interface Tree {
  checkout: string
  state: string
}

interface Took {
  wall: number
  cpu: number
}

/** What is run, with how much of the other tree's time it may take. */
const commands: [args: string[], goal: number][] = [
  [['--version'], 0.4],
  [['--help'], 0.4],
  [['list'], 0.5],
  [['show'], 0.5],
  [['status'], 0.5],
  [['plan', 'check', 'plans/first-look.yaml'], 0.5],
]

/** Bytes of the log that is inspected. */
const logBytes = 100_000_000

/**
 * Short commands and `inspect` of 100 MB, by turns in this checkout and in another one, each on a state folder with a run of
 * twelve cells and a service that runs.
 * @param other another checkout, with its own node_modules
 */
export async function cli(rounds: number, other: string, say: (text: string) => void): Promise<CliRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-bench-'))
  const ours = { checkout: join(import.meta.dirname, '..'), state: join(folder, 'ours') }
  const theirs = { checkout: other, state: join(folder, 'theirs') }
  try {
    const log = join(folder, 'long.log')
    await writeLongLog(log, logBytes)
    for (const tree of [ours, theirs]) await prepare(tree)
    const rows: CliRow[] = []
    for (const [args, goal] of [...commands, [['inspect', log], 1 / 1.5] as [string[], number]]) {
      say(args.slice(0, 2).join(' '))
      rows.push(await compare(ours, theirs, args, rounds, goal))
    }
    return rows
  } finally {
    for (const tree of [ours, theirs]) await hyplab(tree, ['down'])
    await rm(folder, { recursive: true, force: true })
  }
}

async function prepare(tree: Tree): Promise<void> {
  const seed = `
    const { openStore } = await import('${tree.checkout}/store/store.ts')
    const { createRun } = await import('${tree.checkout}/store/runs.ts')
    const { sampleRun } = await import('${tree.checkout}/test/store/samples.ts')
    const store = await openStore(process.argv[1])
    await createRun(store, sampleRun(12))
    await store.close()`
  const node = join(tree.checkout, 'node_modules/.bin/node')
  await hyplab(tree, ['up'])
  await execa(node, ['--input-type=module', '-e', seed, tree.state])
}

async function compare(ours: Tree, theirs: Tree, args: string[], rounds: number, goal: number): Promise<CliRow> {
  // What Node compiles once is compiled by then.
  for (const tree of [ours, theirs]) for (let warm = 0; warm < 2; warm++) await timed(tree, args)
  const turns: [Took, Took][] = []
  for (let round = 0; round < rounds; round++) turns.push([await timed(ours, args), await timed(theirs, args)])
  return {
    what: args
      .slice(0, 2)
      .map((word) => word.split('/').at(-1)!)
      .join(' '),
    ours: spreadOf(turns.map(([{ wall }]) => wall)),
    theirs: spreadOf(turns.map(([, { wall }]) => wall)),
    wall: spreadOf(turns.map(([one, two]) => one.wall / two.wall)),
    cpu: spreadOf(turns.map(([one, two]) => one.cpu / two.cpu)),
    goal,
  }
}

async function timed(tree: Tree, args: string[]): Promise<Took> {
  const start = performance.now()
  // Node does not say what one of its children took; bash does.
  const script = 'TIMEFORMAT="%U %S"; time "$0" "$@" >/dev/null 2>/dev/null'
  const { stderr } = await execa('bash', ['-c', script, program(tree), ...args], { ...places(tree), reject: false })
  const wall = (performance.now() - start) / 1000
  const [user = NaN, system = NaN] = stderr.trim().split('\n').at(-1)!.split(' ').map(Number)
  return { wall, cpu: user + system }
}

async function hyplab(tree: Tree, args: string[]): Promise<void> {
  await execa(program(tree), args, { ...places(tree), reject: false })
}

function program({ checkout }: Tree): string {
  return join(checkout, 'bin/hyplab')
}

function places({ checkout, state }: Tree): { cwd: string; env: Record<string, string> } {
  return { cwd: checkout, env: { HYPLAB_STATE: state, LC_ALL: 'C', NODE_COMPILE_CACHE: '' } }
}
