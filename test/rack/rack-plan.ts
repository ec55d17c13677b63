import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { parse, stringify } from 'yaml'

const committed = join(import.meta.dirname, '../../plans/rack.yaml')
/** The stack that the stand-in of a model boots. */
export const standInStack = join(import.meta.dirname, '../stand-ins/fvp/stand-in.yaml')

/** As much of a plan's file as is changed. */
interface PlanFile {
  kernels: Record<string, { fragments: string[] }>
  stacks: Record<string, string>
  targets: Record<string, object>
  matrix: { exclude: object[] }
}

/**
 * plans/rack.yaml with a target more: the rack's stand-in of an FVP, with the firmware that it can boot. The committed plan
 * does not have it, since nobody who has a model would want that firmware.
 * @param folder where the plan is written
 * @returns the plan's file
 */
export async function writeRackPlan(folder: string): Promise<string> {
  const plan = parse(await readFile(committed, 'utf8')) as PlanFile
  const absolute = (path: string): string => resolve(dirname(committed), path)
  for (const kernel of Object.values(plan.kernels)) kernel.fragments = kernel.fragments.map(absolute)
  const others = Object.keys(plan.targets)
  for (const [name, stack] of Object.entries(plan.stacks))
    if (stack !== 'installed') plan.stacks[name] = absolute(stack)
  plan.matrix.exclude.push({ target: 'fvp', stack: Object.keys(plan.stacks) }, { target: others, stack: 'stand-in' })
  plan.stacks['stand-in'] = standInStack
  plan.targets['fvp'] = { kind: 'fvp', class: 'base-revc' }
  const file = join(folder, 'rack-plan.yaml')
  await writeFile(file, stringify(plan))
  return file
}
