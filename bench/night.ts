import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { foldersFrom } from '../host/folders.ts'
import { hyplab } from './hyplab-run.ts'
import { rawBoot } from './raw-boot.ts'
import { spreadOf, type Spread } from './spread.ts'

/** A night, or the same boots without one, in seconds. */
export interface NightRow {
  what: string
  /** From the trigger, or the first shell, to the end of the last boot and all that is said of it. */
  night: Spread
  /** How many times the raw boots of the same round. */
  times: Spread
}

const root = join(import.meta.dirname, '..')
const plan = join(root, 'plans/first-look.yaml')
/** Each of them with pKVM and without. */
const pairs = 6

/**
 * Measures a night of cells of QEMU beside the raw boots of the same files one after the other, by turns, so that both see
 * the same load.
 * @param rounds nights by each number of cells at once
 * @param say talk while it measures
 */
export async function night(rounds: number, say: (text: string) => void): Promise<NightRow[]> {
  const state = join(foldersFrom().state, 'bench')
  await mkdir(state, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-bench-'))
  const atOnce = [1, 2, 3].filter((number) => number <= availableParallelism() + 1)
  const names = atOnce.map((number) => `bench-night-${number}`)
  const call = (...args: string[]): Promise<string> => hyplab(state, args)
  try {
    const file = await planOfCells(folder)
    say('building what the cells need, as far as it is not there')
    await hyplab(state, ['build', file], { show: true })
    for (const [index, name] of names.entries())
      await writeFile(
        join(folder, `${name}.yaml`),
        stringify({ plan: file, cron: '0 0 1 1 *', 'at-once': atOnce[index] }),
      )
    await call('up')
    await call('schedule', 'apply', ...names.map((name) => join(folder, `${name}.yaml`)))
    // The first is not counted: it reads files from the disk that the others find in memory.
    const first = await oneNight(call, names[0]!)
    const commands: string[] = []
    for (let cell = 1; cell <= first.cells; cell++)
      commands.push((await call('reproduce', `${first.run}.${cell}.1`)).trim())
    const raw: number[] = []
    const nights = names.map((): number[] => [])
    for (let round = 0; round < rounds; round++) {
      raw.push(await inTurn(commands, folder))
      for (const [index, name] of names.entries()) nights[index]!.push((await oneNight(call, name)).seconds)
      const told = nights.map((seconds) => seconds.at(-1)!.toFixed(1)).join(', ')
      say(`round ${round + 1}: raw ${raw.at(-1)!.toFixed(1)} s; ${atOnce.join(', ')} at once: ${told} s`)
    }
    return [
      row(`${commands.length} raw boots, one after the other`, raw, raw),
      ...atOnce.map((number, index) => row(`a night of them, ${number} at once`, nights[index]!, raw)),
    ]
  } finally {
    for (const name of names) await call('schedule', 'remove', name).catch(() => undefined)
    await call('down')
    await rm(folder, { recursive: true, force: true })
  }
}

function row(what: string, seconds: number[], raw: number[]): NightRow {
  return { what, night: spreadOf(seconds), times: spreadOf(seconds.map((one, round) => one / raw[round]!)) }
}

/** A plan of healthy cells with one kernel; they differ in their command line. */
async function planOfCells(folder: string): Promise<string> {
  const text = parse(await readFile(plan, 'utf8')) as Record<string, unknown> & {
    kernels: Record<string, { fragments: string[] }>
    configs: Record<string, unknown>
  }
  const here = (path: string): string => join(root, 'plans', path)
  for (const kernel of Object.values(text.kernels)) kernel.fragments = kernel.fragments.map(here)
  text.configs = { 'ffa=m': text.configs['ffa=m'] }
  text['stacks'] = { 'optee-sel1': here('../stacks/optee-sel1.yaml') }
  text['modes'] = Object.fromEntries(
    ['nvhe', 'protected'].flatMap((mode) =>
      Array.from({ length: pairs }, (_, n) => [`${mode}-${n}`, `kvm-arm.mode=${mode} bench.cell=${n}`]),
    ),
  )
  text['matrix'] = {}
  text['expect'] = [{ cells: {}, findings: { 'ffa.usable': 'pass', 'optee.driver': 'pass' } }]
  const file = join(folder, 'bench-night.yaml')
  await writeFile(file, stringify(text))
  return file
}

async function inTurn(commands: string[], folder: string): Promise<number> {
  const started = performance.now()
  for (const command of commands) await rawBoot(command, folder)
  return (performance.now() - started) / 1000
}

/** @throws Error when a cell did not pass: then the night's time says nothing */
async function oneNight(
  call: (...args: string[]) => Promise<string>,
  name: string,
): Promise<{ seconds: number; run: number; cells: number }> {
  const started = performance.now()
  const out = await call('--json', 'schedule', 'trigger', name, '--watch')
  const seconds = (performance.now() - started) / 1000
  const { run, cells } = JSON.parse(out) as { run: { id: number }; cells: { verdict?: { verdict: string } }[] }
  const others = cells.filter(({ verdict }) => verdict?.verdict !== 'pass')
  if (others.length > 0) throw new Error(`${others.length} cells of run ${run.id} did not pass.`)
  return { seconds, run: run.id, cells: cells.length }
}
