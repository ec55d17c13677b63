import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { foldersFrom } from '../../host/folders.ts'
import type { Lab } from './lab.ts'
import { planLike, type PlanText } from './plans.ts'

/** A kernel that no cache has: the one of first-look.yaml with a local version of its own. */
export interface NewKernel {
  /** A plan with the one cell that shows the bug, on this kernel. */
  plan: string
  /** Where the cache keeps its O= folder, once the build has begun. */
  folder(): string
}

/** Takes away what a plan says of other cells than the one that shows the bug. */
export function onlyBugCell(plan: PlanText): void {
  plan.matrix = { config: ['ffa=y'], mode: ['protected'] }
  plan.expect = plan.expect.filter(({ cells }) => cells['config'] !== 'ffa=m' && cells['mode'] === 'protected')
}

/** Writes its plan. Its O= folder starts as a copy of its neighbour's, so that a real build takes seconds; it is deleted at the end. */
export async function newKernel(lab: Lab, name: string, symbols: Record<string, string> = {}): Promise<NewKernel> {
  const version = `-${name}-${randomBytes(4).toString('hex')}`
  const plan = await planLike(lab, name, (text) => {
    onlyBugCell(text)
    for (const config of Object.values(text.configs))
      Object.assign(config.symbols, symbols, { LOCALVERSION: `"${version}"` })
  })
  const kernel = { plan, folder: () => variantWith(version) }
  lab.atEnd(() => rm(kernel.folder(), { recursive: true, force: true }))
  return kernel
}

function variantWith(text: string): string {
  const kernels = join(foldersFrom().cache, 'kernels')
  for (const tree of readdirSync(kernels))
    for (const variant of readdirSync(join(kernels, tree)).map((name) => join(kernels, tree, name))) {
      const note = join(variant, 'variant.json')
      if (existsSync(note) && readFileSync(note, 'utf8').includes(text)) return variant
    }
  throw new Error(`no kernel with ${text} was begun`)
}
