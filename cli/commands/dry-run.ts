import { dirname, join } from 'node:path'
import { counted } from '../../domain/counted.ts'
import { BuildNamer } from '../../builds/name-builds.ts'
import { SourcePinner } from '../../builds/pin-sources.ts'
import { obtainingContext } from '../../builds/source/source.ts'
import type { BuildIdentity } from '../../domain/build.ts'
import type { Cell } from '../../domain/cell.ts'
import { usableBuilds } from '../../store/builds.ts'
import { bootSeconds, buildSeconds } from '../../store/history.ts'
import type { Store } from '../../store/store.ts'
import type { Context } from '../context.ts'
import type { ReadPlan } from '../../reading/read-plan.ts'
import { table } from '../show/table.ts'
import { withStore } from '../with-store.ts'

interface PlannedBuild {
  identity: BuildIdentity
  built: boolean
  /** That the last build of that name took on this host; unknown when there was none. */
  seconds: number | undefined
}

/** Says which cells and distinct builds a run would make, what is there already, and how long the rest may take. */
export async function dryRun(context: Context, plan: ReadPlan): Promise<void> {
  await withStore(context.folders, async (store) => {
    const pinner = new SourcePinner(obtainingContext({ folders: context.folders, say: context.talk }))
    const lockFile = join(dirname(plan.file), 'sources.lock.json')
    const namer = new BuildNamer({ folders: context.folders, lockFile, say: context.talk })
    const cells: Cell[] = []
    for (const cell of plan.cells) cells.push(await pinner.pin(cell))
    await namer.kernels(cells)
    const named = new Map<string, BuildIdentity>()
    for (const cell of cells)
      for (const identity of [await namer.firmware(cell), await namer.kernel(cell)])
        if (identity) named.set(identity.id, identity)
    const builds = await lookUp(store, [...named.values()])
    const boots = await bootsOf(store, plan)
    const estimate = sum([...builds.values()].map(({ built, seconds }) => (built ? 0 : seconds)))
    const booting = sum(boots)
    const first = [...builds.values()].filter(({ built, seconds }) => !built && seconds === undefined)
    if (context.json) return context.printJson(toJson(plan, builds, estimate, booting))
    const { paint } = context
    context.print(`${plan.plan.name}: ${counted(plan.cells.length, 'cell')}`)
    context.print(plan.cells.map((cell) => `  ${cell.id}`).join('\n'))
    context.print(`\n${counted(builds.size, 'distinct build')}`)
    const rows = [...builds.values()].map(({ identity, built, seconds }) => [
      `  ${identity.kind}`,
      identity.name,
      identity.id.slice(0, 16),
      built
        ? paint.green('there')
        : seconds === undefined
          ? 'to build for the first time'
          : `to build, ${Math.ceil(seconds)} s the last time`,
    ])
    context.print(table(rows))
    context.print(
      estimate === undefined || booting === undefined
        ? `\nestimated time: unknown, for ${whatIsNew(first.map(({ identity }) => identity.name))} on this host`
        : `\nestimated time: about ${Math.ceil(estimate + booting)} s, as builds of these names and boots of these targets took the last time`,
    )
  })
}

/** How long the boot of each cell takes, as far as is known: a target is asked about once. */
async function bootsOf(store: Store, { cells }: ReadPlan): Promise<(number | undefined)[]> {
  const targets = new Map<string, number | undefined>()
  for (const { target } of cells)
    if (!targets.has(target.name)) targets.set(target.name, await bootSeconds(store, target.name))
  return cells.map(({ target }) => targets.get(target.name))
}

/** By id. What is known of a name is asked for once, however many builds have it. */
async function lookUp(store: Store, identities: readonly BuildIdentity[]): Promise<Map<string, PlannedBuild>> {
  const usable = await usableBuilds(
    store,
    identities.map(({ id }) => id),
  )
  const seconds = new Map<string, number | undefined>()
  for (const { kind, name } of identities)
    if (!seconds.has(`${kind} ${name}`)) seconds.set(`${kind} ${name}`, await buildSeconds(store, kind, name))
  return new Map(
    identities.map((identity) => {
      const { id, kind, name } = identity
      return [id, { identity, built: usable.has(id), seconds: seconds.get(`${kind} ${name}`) }]
    }),
  )
}

/** What of a run has never been done, so that nobody knows how long it takes. */
function whatIsNew(builds: string[]): string {
  const names = [...new Set(builds)]
  if (names.length === 0) return 'no boot on such a target has ended'
  return `${names.join(', ')} ${names.length === 1 ? 'was' : 'were'} never built`
}

/** The sum, or undefined when one of the summands is unknown. */
function sum(seconds: (number | undefined)[]): number | undefined {
  let total = 0
  for (const one of seconds) {
    if (one === undefined) return undefined
    total += one
  }
  return total
}

function toJson(
  plan: ReadPlan,
  builds: Map<string, PlannedBuild>,
  buildSeconds?: number,
  bootSeconds?: number,
): object {
  return {
    schemaVersion: 1,
    plan: plan.plan.name,
    cells: plan.cells.map(({ id, axes }) => ({ id, axes })),
    builds: [...builds.values()].map(({ identity: { id, kind, name }, built, seconds }) => ({
      id,
      kind,
      name,
      built,
      seconds,
    })),
    estimatedSeconds: buildSeconds === undefined || bootSeconds === undefined ? null : buildSeconds + bootSeconds,
  }
}
