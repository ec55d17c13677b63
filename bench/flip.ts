import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import type { BuildContext } from '../builds/build.ts'
import { buildGuestModules } from '../builds/guest/modules.ts'
import { buildKernel } from '../builds/kernel/build-kernel.ts'
import { configure } from '../builds/kernel/configure.ts'
import { openKconfig } from '../builds/kernel/kconfig.ts'
import { variantFolders } from '../builds/kernel/kernel-folders.ts'
import { kernelArgs, kernelEnvironment, kernelToolchain } from '../builds/kernel/kernel-make.ts'
import { requestedConfig } from '../builds/kernel/requested-config.ts'
import { runLogged } from '../builds/make/run-logged.ts'
import { obtainSource } from '../builds/source/obtain.ts'
import type { SourceTree } from '../builds/source/source.ts'
import { readPlanFile } from '../reading/read-plan.ts'
import type { KernelInputs } from '../domain/cell.ts'
import { foldersFrom } from '../host/folders.ts'

/** One line of the comparison. */
export interface FlipRow extends Cost {
  what: string
}

interface Cost {
  /** On the clock. */
  seconds: number
  /** Of processor time, all processes together: the figure to compare on a host that others use too. */
  cpuSeconds: number
}

/**
 * What a change of ARM_FFA_TRANSPORT and OPTEE from y to m costs on a tree that was just built: make alone, told what
 * to do by hand, against buildKernel from the plan's inputs to the products. Both have a warm copy of the same O= folder
 * and an empty ccache, so that each compiles what changed.
 * @param plan a plan with the configs `ffa=y` and `ffa=m`.
 * @returns what make alone costs, make with our probe module after it, and buildKernel.
 */
export async function flip(plan = join(import.meta.dirname, '../plans/first-look.yaml')): Promise<FlipRow[]> {
  const builtIn = await kernelOf(plan, 'ffa=y')
  const module = await kernelOf(plan, 'ffa=m')
  const shared = foldersFrom()
  const own = await mkdtemp(join(shared.cache, 'bench-flip-'))
  const context: BuildContext = {
    folders: { cache: own, state: own },
    signal: new AbortController().signal,
    progress: () => undefined,
    logFile: join(own, 'build.log'),
    jobs: 2,
  }
  try {
    const tree = await obtainSource(builtIn.sources, builtIn.patches, { ...context, folders: shared })
    await mkdir(join(shared.cache, 'ccache'), { recursive: true })
    await symlink(join(shared.cache, 'ccache'), join(own, 'ccache'))
    await succeed(buildKernel(builtIn, tree, context))
    const alone = await makeAlone(builtIn, module, tree, context)
    await emptyCcache(own)
    const ours = await costOf(() => succeed(buildKernel(module, tree, context)))
    return [...alone, { what: 'buildKernel, from the inputs to the products', ...ours }]
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}

async function kernelOf(plan: string, config: string): Promise<KernelInputs> {
  const cell = (await readPlanFile(plan)).cells.find(({ axes }) => axes['config'] === config)
  if (cell === undefined) throw new Error(`${plan} has no cell with the config ${config}`)
  return cell.kernel
}

async function makeAlone(
  from: KernelInputs,
  to: KernelInputs,
  tree: SourceTree,
  context: BuildContext,
): Promise<FlipRow[]> {
  const warm = variantFolders(context.folders, tree, from.base, requestedConfig(from))
  const output = join(context.folders.cache, 'alone')
  await execa('cp', ['-a', warm.output, output])
  const kconfig = await succeed(openKconfig(tree, await kernelToolchain(), context))
  const { text } = await succeed(configure(kconfig.value, to.base, requestedConfig(to), context))
  await writeFile(join(output, '.config'), text)
  await emptyCcache(context.folders.cache)
  const make = async (args: string[]) => {
    const command = ['make', `-j${context.jobs}`, ...args]
    const environment = kernelEnvironment(context.folders, tree.epoch)
    const code = await runLogged({ command, folder: output, environment, lockFile: `${output}.lock` }, context)
    if (code !== 0) throw new Error(`make alone failed, see ${context.logFile}`)
  }
  const kernel = await costOf(() => make(kernelArgs(tree, output, ['Image', 'modules'])))
  const into = join(context.folders.cache, 'alone-probe')
  const probe = await costOf(() =>
    buildGuestModules({ into, make: (targets) => make(kernelArgs(tree, output, targets)) }),
  )
  return [
    { what: 'make Image modules, alone', ...kernel },
    {
      what: 'make Image modules, then M= of our modules',
      seconds: kernel.seconds + probe.seconds,
      cpuSeconds: kernel.cpuSeconds + probe.cpuSeconds,
    },
  ]
}

async function emptyCcache(cache: string): Promise<void> {
  await rm(join(cache, 'ccache'), { recursive: true, force: true })
  await mkdir(join(cache, 'ccache'))
}

async function succeed<T extends { ok: boolean }>(outcome: Promise<T>): Promise<Extract<T, { ok: true }>> {
  const done = await outcome
  if (!done.ok) throw new Error(`the benchmark's build failed: ${JSON.stringify(done)}`)
  return done as Extract<T, { ok: true }>
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const start = performance.now()
  const before = cpuSeconds()
  await work()
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: cpuSeconds() - before }
}

/** User and system time of this process and of all that it has waited for: utime to cstime of proc_pid_stat(5). */
function cpuSeconds(): number {
  const afterName = readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1) ?? ''
  const ticks = afterName.split(' ').slice(11, 15).map(Number)
  // USER_HZ, which is 100 on every Linux that Node runs on.
  return ticks.reduce((sum, one) => sum + one, 0) / 100
}
