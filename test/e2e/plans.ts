import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import type { Lab } from './lab.ts'

/** The plan that is shipped. */
export const firstLook = fileURLToPath(new URL('../../plans/first-look.yaml', import.meta.url))

/** As much of a plan file as tests change. */
export interface PlanText {
  name: string
  kernels: Record<string, { fragments: string[]; symbols?: Record<string, string> }>
  configs: Record<string, { symbols: Record<string, string>; modules?: string[] }>
  stacks: Record<string, string>
  modes: Record<string, string>
  cmdline: string
  matrix: Record<string, unknown>
  expect: { cells: Record<string, unknown>; known?: string; findings: Record<string, unknown> }[]
  attempts?: unknown
  probes?: string[]
  limits?: unknown
}

/** Arguments of `hyplab run`: only the cell that shows the bug. */
export const onlyBug = ['--only', 'config=ffa=y', '--only', 'mode=protected']

/** Writes a plan that is first-look.yaml, or another one, but for what `change` does to it. @returns its path */
export async function planLike(
  lab: Pick<Lab, 'state'>,
  name: string,
  change: (plan: PlanText) => void,
  from = firstLook,
): Promise<string> {
  const plan = parse(readFileSync(from, 'utf8')) as PlanText
  const here = (path: string): string => resolve(dirname(from), path)
  for (const kernel of Object.values(plan.kernels)) kernel.fragments = kernel.fragments.map(here)
  plan.stacks = Object.fromEntries(Object.entries(plan.stacks).map(([stack, path]) => [stack, here(path)]))
  plan.name = name
  change(plan)
  const folder = join(lab.state, 'plans')
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${name}.yaml`)
  await writeFile(path, stringify(plan))
  return path
}
