import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { machineSetupProduct, readMachineSetup } from '../builds/firmware/machine-setup.ts'
import { buildGuestInit } from '../builds/guest/init.ts'
import { writeInitrd } from '../builds/guest/initrd.ts'
import { parseConfig } from '../builds/kernel/config-text.ts'
import { LabError } from '../domain/errors.ts'
import type { MachineSetup } from '../domain/machine-setup.ts'
import { nearest } from '../domain/yaml/did-you-mean.ts'
import { configWanted, factsWanted } from '../domain/probes/registry.ts'
import { isLeased, type Target } from '../domain/target.ts'
import { artifactPath } from '../store/artifacts.ts'
import type { AttemptArtifact } from '../store/attempt.ts'
import { soundArtifact } from '../store/damage.ts'
import type { Build, BuildProduct } from '../store/builds.ts'
import type { CellContext } from '../store/details.ts'
import { firmwareFor, isTraced } from '../targets/adapters.ts'
import type { TargetFiles } from '../targets/target-order.ts'
import { initrdPath } from './attempt-files.ts'
import type { Deps } from './deps.ts'
import { tracerOf, untraced, type Tracer } from '../builds/guest/tracer.ts'

/**
 * Makes what a cell boots ready in the attempt's folder: the initrd with init, the cell's modules and the FF-A probe;
 * Image and firmware are artifacts of their builds and are used where they lie. All of them, and what the attempt will be
 * judged by, are checked to be what their builds made.
 * @throws LabError BadInput for a module that the kernel build did not make; ArtifactDamaged, when the build has to be made
 * again; SourceMissing when a build has gone; the signal's reason when aborted.
 */
export async function prepareBoot(
  deps: Deps,
  context: CellContext,
  folder: string,
  signal: AbortSignal,
): Promise<PreparedBoot> {
  const { cell } = context.cell
  const kernel = need(context.kernel, 'kernel')
  const firmware = cell.stack.recipe === undefined ? undefined : need(context.firmware, 'firmware')
  const modules = cell.modules.map((name) => moduleOf(kernel, name))
  const told = kernel.products.filter(({ name }) => judgedBy.has(name))
  await requireSound(deps, [
    [kernel, [product(kernel, 'Image'), ...modules, moduleOf(kernel, ffaProbe), ...told]],
    ...(firmware ? [[firmware, firmwareProducts(cell.target, firmware)] as [Build, BuildProduct[]]] : []),
  ])
  await mkdir(folder, { recursive: true })
  const init = await buildGuestInit({
    folders: deps.folders,
    logFile: join(folder, 'init.log'),
    signal: AbortSignal.any([signal, AbortSignal.timeout(60_000)]),
  })
  const initrd = initrdPath(folder)
  await writeInitrd(initrd, {
    init: init.path,
    modules: cell.modules.map((name, index) => ({ name, path: artifactPath(deps.store, modules[index]!.sha256) })),
    probes: [{ name: ffaProbe, path: artifactPath(deps.store, moduleOf(kernel, ffaProbe).sha256) }],
    facts: factsWanted(cell.probes),
    limits: {},
  })
  const setup = firmware && (await readMachineSetup(productPath(deps, firmware, machineSetupProduct)))
  const booted = bootedArtifacts(cell.target, kernel, firmware)
  const parts = firmwareOf(cell.target, firmware).map(({ as, made }) => [as, artifactPath(deps.store, made.sha256)])
  const files = { initrd, image: productPath(deps, kernel, 'Image'), firmware: Object.fromEntries(parts) }
  const tracer = await tracerFor(deps, cell.target, folder, signal)
  return { files, ...(setup && { setup }), booted, ...(tracer && { tracer }) }
}

/** Without one a board is as it should be; of a machine that could be traced it is to be said why it is not. */
async function tracerFor(deps: Deps, target: Target, folder: string, signal: AbortSignal): Promise<Tracer | undefined> {
  if (isLeased(target)) return undefined
  return isTraced(target) ? await tracerOf(deps, folder, signal) : untraced
}

/**
 * What a cell boots of its builds, as an attempt keeps it.
 * @throws LabError BadInput when a build made no such thing.
 */
export function bootedArtifacts(target: Target, kernel: Build, firmware: Build | undefined): AttemptArtifact[] {
  return [
    { ...product(kernel, 'Image'), name: 'Image', world: null },
    ...firmwareOf(target, firmware).map(({ as, made }) => ({ ...made, name: as, world: null })),
    ...(firmware ? [{ ...product(firmware, machineSetupProduct), world: null }] : []),
  ]
}

/** What a stack made that a target of this kind takes, and what an attempt keeps it as. */
function firmwareOf(target: Target, firmware: Build | undefined): { as: string; made: BuildProduct }[] {
  if (firmware === undefined) return []
  const made = firmware.products.map(({ name }) => name).filter((name) => name !== machineSetupProduct)
  // A stack that boots the kernel itself makes no other BL33.
  const wanted = { ...firmwareFor(target, made), ...(made.includes('bl33') ? { bl33: 'bl33' } : {}) }
  return Object.entries(wanted).map(([name, as]) => ({ as, made: product(firmware, name) }))
}

function firmwareProducts(target: Target, firmware: Build): BuildProduct[] {
  return [product(firmware, machineSetupProduct), ...firmwareOf(target, firmware).map(({ made }) => made)]
}

const ffaProbe = 'ffa-probe'

/** What a kernel build says of itself, by which its attempts are judged. */
const judgedBy = new Set(['config', 'System.map'])

export interface PreparedBoot {
  files: TargetFiles
  /** Absent where the target is never traced. */
  tracer?: Tracer
  /** Absent where the target keeps the firmware that it has. */
  setup?: MachineSetup
  /** Those of the files that are artifacts of builds. */
  booted: AttemptArtifact[]
}

/** The symbols that the cell's probes look at, as the kernel's effective .config has them; `n` where it has none. */
export async function readBuiltConfig(deps: Deps, context: CellContext): Promise<Record<string, string>> {
  const path = productPath(deps, need(context.kernel, 'kernel'), 'config')
  const config = parseConfig(await readFile(path, 'utf8'), path)
  return Object.fromEntries(configWanted(context.cell.cell.probes).map((symbol) => [symbol, config.get(symbol) ?? 'n']))
}

function need(build: Build | null, kind: string): Build {
  if (build?.outcome === 'ok') return build
  throw new LabError('SourceMissing', `The cell's ${kind} build is gone from the store: run the plan again.`)
}

/** Looks at all of them, so that all that is damaged is set aside at once and made again by one build. */
async function requireSound(deps: Deps, wanted: [Build, BuildProduct[]][]): Promise<void> {
  const checks = wanted.flatMap(([build, products]) =>
    products.map(({ name, ...artifact }) => soundArtifact(deps.store, artifact, `the ${name} of ${build.name}`)),
  )
  for (const checked of await Promise.allSettled(checks)) if (checked.status === 'rejected') throw checked.reason
}

function productPath(deps: Deps, build: Build, name: string): string {
  return artifactPath(deps.store, product(build, name).sha256)
}

function product(build: Build, name: string): BuildProduct {
  const found = build.products.find((one) => one.name === name)
  if (found) return found
  throw new LabError('BadInput', `The build ${build.name} made no ${name}.`)
}

function moduleOf(build: Build, name: string): BuildProduct {
  const found = build.products.find((one) => one.name === `modules/${name}.ko`)
  if (found) return found
  const made = build.products.flatMap((one) => /^modules\/(.+)\.ko$/.exec(one.name)?.[1] ?? [])
  const near = nearest(name, made)
  const hint = near === undefined ? 'set its symbol to m, or do not load it.' : `did you mean "${near}"?`
  const sentence = `The build of ${build.name} made no module ${name}, ${made.length === 0 ? 'and no other' : `only ${made.join(', ')}`}; ${hint}`
  throw new LabError('BadInput', sentence)
}
