import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { spreadOf, type Spread } from './spread.ts'

const root = join(import.meta.dirname, '..')

/** What `hyplab plan check` and `hyplab run --dry-run` take for a plan of 20,000 cells of so many kernels, seconds. */
export async function largePlan(rounds: number, kernels: number): Promise<{ what: string; seconds: Spread }[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-bench-'))
  try {
    const plan = join(folder, 'large.yaml')
    await writeFile(plan, textOf(kernels))
    const timed = async (args: string[]): Promise<Spread> => {
      const seconds: number[] = []
      for (let round = 0; round < rounds; round++) seconds.push(await secondsOf(folder, [...args, plan]))
      return spreadOf(seconds)
    }
    return [
      { what: 'hyplab plan check', seconds: await timed(['plan', 'check']) },
      { what: 'hyplab run --dry-run', seconds: await timed(['run', '--dry-run']) },
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function secondsOf(folder: string, args: string[]): Promise<number> {
  const started = performance.now()
  await execa(join(root, 'bin/hyplab'), args, { env: { HYPLAB_STATE: join(folder, 'state') }, stdout: 'ignore' })
  return (performance.now() - started) / 1000
}

/** Twenty variants of each kernel, on one stack, in so many modes that the cells come to 20,000. */
function textOf(kernels: number): string {
  const variants = 20
  const modes = Math.round(20_000 / kernels / variants)
  const named = (count: number, line: (n: number) => string) => Array.from({ length: count }, (_, n) => line(n + 1))
  const fragments = ['base', 'lean', 'pkvm', 'ffa', 'records'].map((name) =>
    resolve(root, `stacks/kernel/${name}.config`),
  )
  const source = `{ tarball: 'https://linux.invalid/linux.tar', sha256: ${'0a'.repeat(32)} }`
  return [
    'name: large',
    'kernels:',
    ...named(
      kernels,
      (n) =>
        `  linux-${n}: { source: ${source}, base: allnoconfig, fragments: [${fragments.join(', ')}], symbols: { NR_CPUS: ${n} } }`,
    ),
    'configs:',
    ...named(variants, (n) => `  shift-${n}: { symbols: { ARM_FFA_TRANSPORT: y, OPTEE: y, LOG_BUF_SHIFT: ${n} } }`),
    `stacks: { optee-sel1: ${resolve(root, 'stacks/optee-sel1.yaml')} }`,
    'modes:',
    ...named(modes, (n) => `  mode-${n}: kvm-arm.mode=protected loglevel=${n}`),
    'expect:',
    ...named(kernels, (n) => `  - { cells: { kernel: linux-${n} }, findings: { ffa.usable: pass } }`),
    '',
  ].join('\n')
}
