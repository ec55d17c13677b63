import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { LabError } from '../../domain/errors.ts'
import { withLock } from '../../host/lock.ts'
import type { BuildContext } from '../build.ts'
import type { BuildFault } from '../../domain/build.ts'
import { FirstError } from '../make/first-error.ts'
import { runMake } from '../make/make.ts'
import { runLogged } from '../make/run-logged.ts'
import type { SourceTree } from '../source/source.ts'
import { mergeConfig, type Config } from './config-text.ts'
import { kconfigFolder } from './kernel-folders.ts'
import { kernelArgs, kernelEnvironment, type Toolchain } from './kernel-make.ts'

/**
 * A tree's own Kconfig programs, built once for a tree and a toolchain. They are called as the tree's makefiles call
 * them but without make, whose start costs more than Kconfig's work.
 */
export interface Kconfig {
  /** An O= folder that holds nothing but scripts/kconfig. */
  folder: string
  /** The environment in which make calls scripts/kconfig/conf: Kconfig files read CC, srctree and many more from it. */
  environment: Record<string, string>
  tree: SourceTree
}

export type KconfigOutcome<T> = { ok: true; value: T } | { ok: false; fault: BuildFault }

/** A Kconfig file that writes down the environment in which it is read: what is in it, only make knows. */
const environmentKconfig = `config HYPLAB_ENVIRONMENT
	string
	default "$(shell,env -0 > environment)"
`

/**
 * Builds the tree's Kconfig programs unless they are there.
 * @throws what runMake throws.
 */
export async function openKconfig(
  tree: SourceTree,
  toolchain: Toolchain,
  context: BuildContext,
): Promise<KconfigOutcome<Kconfig>> {
  const folder = kconfigFolder(context.folders, tree, toolchain)
  const ready = join(folder, 'environment.json')
  return await withLock(`${folder}.lock`, { signal: context.signal }, async () => {
    if (!existsSync(ready) || !existsSync(join(folder, 'scripts/kconfig/conf'))) {
      await rm(folder, { recursive: true, force: true })
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, 'environment.Kconfig'), environmentKconfig)
      const made = await kconfigMake({ tree, folder }, ['olddefconfig'], context, {
        KBUILD_KCONFIG: join(folder, 'environment.Kconfig'),
        KCONFIG_CONFIG: join(folder, 'environment.config'),
      })
      if (!made.ok) return made
      const text = await readFile(join(folder, 'environment'), 'utf8')
      await writeFile(`${ready}.part`, JSON.stringify(withoutMake(text), null, 2))
      await rename(`${ready}.part`, ready)
    }
    const environment = JSON.parse(await readFile(ready, 'utf8')) as Record<string, string>
    return { ok: true, value: { folder, environment, tree } }
  })
}

/** The environment without what belongs to that one call of make. */
function withoutMake(text: string): Record<string, string> {
  const pairs = text
    .split('\0')
    .filter((pair) => pair.includes('='))
    .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const)
  return Object.fromEntries(pairs.filter(([name]) => !/^(MAKE|MFLAGS|KCONFIG_CONFIG$|KBUILD_KCONFIG$|_$)/.test(name)))
}

async function kconfigMake(
  { tree, folder }: Pick<Kconfig, 'tree' | 'folder'>,
  targets: string[],
  context: BuildContext,
  variables: Record<string, string>,
): Promise<KconfigOutcome<void>> {
  const outcome = await runMake(
    {
      folder,
      args: kernelArgs(tree, folder, targets),
      environment: { ...kernelEnvironment(context.folders, tree.epoch), ...variables },
      lockFile: `${folder}.make.lock`,
      phase: 'configure',
      roots: [tree.folder, folder],
    },
    context,
  )
  return outcome.ok ? { ok: true, value: undefined } : outcome
}

/**
 * A base configuration: what `make allnoconfig`, `defconfig` or another target of the tree makes. Made once.
 * @throws LabError BadInput when the name is none of a configuration; what runMake throws.
 */
export async function baseConfig(
  kconfig: Kconfig,
  base: string,
  context: BuildContext,
): Promise<KconfigOutcome<string>> {
  if (!/^[\w.-]*config$/.test(base)) {
    throw new LabError(
      'BadInput',
      `"${base}" is no base configuration: use allnoconfig, defconfig, or a target of the kernel that ends in config.`,
    )
  }
  const path = join(kconfig.folder, 'bases', base)
  return await withLock(`${kconfig.folder}.lock`, { signal: context.signal }, async () => {
    if (!existsSync(path)) {
      await mkdir(join(kconfig.folder, 'bases'), { recursive: true })
      await rm(`${path}.part`, { force: true })
      const made = await kconfigMake(kconfig, [base], context, { KCONFIG_CONFIG: `${path}.part` })
      if (!made.ok) return made
      await rename(`${path}.part`, path)
    }
    return { ok: true, value: await readFile(path, 'utf8') }
  })
}

/**
 * The configuration that Kconfig makes of a base with requested symbols over it (`olddefconfig`).
 * @returns the text of the .config.
 * @throws the signal's reason; LabError DiskFull.
 */
export async function effectiveConfig(
  kconfig: Kconfig,
  base: string,
  requested: Config,
  context: BuildContext,
): Promise<KconfigOutcome<string>> {
  return await withConfigFile(kconfig, mergeConfig(base, requested), async (path) => {
    const first = new FirstError([kconfig.tree.folder])
    const code = await runLogged(
      {
        command: ['scripts/kconfig/conf', '-s', '--olddefconfig', 'Kconfig'],
        folder: kconfig.folder,
        environment: { ...kconfig.environment, KCONFIG_CONFIG: path },
        lockFile: `${path}.lock`,
      },
      context,
      { line: (line) => first.line(line), chunk: () => {} },
    )
    if (code === 0) return { ok: true, value: await readFile(path, 'utf8') }
    return {
      ok: false,
      fault: first.fault ?? { message: `olddefconfig of the kernel's Kconfig ended with code ${code}` },
    }
  })
}

/**
 * Brings include/config of an O= folder up to its .config (`syncconfig`), as make would before anything else. Make then
 * finds it up to date, which spares it the detour of starting itself twice more. Where it fails, make tries for itself
 * and says why.
 * @param lockFile the lock of all that write into the O= folder.
 * @throws the signal's reason; LabError DiskFull.
 */
export async function syncConfig(
  kconfig: Kconfig,
  output: string,
  lockFile: string,
  context: BuildContext,
): Promise<void> {
  const command = [join(kconfig.folder, 'scripts/kconfig/conf'), '-s', '--syncconfig', 'Kconfig']
  const environment = { ...kconfig.environment, KCONFIG_CONFIG: '.config' }
  await runLogged({ command, folder: output, environment, lockFile }, context)
}

/** Gives `work` a .config of its own in the Kconfig folder, so that several can be made at once. */
export async function withConfigFile<T>(
  kconfig: Kconfig,
  text: string,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const own = await mkdtemp(join(kconfig.folder, 'config-'))
  try {
    const path = join(own, 'config')
    await writeFile(path, text)
    return await work(path)
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}

const commonObjects = ['confdata', 'expr', 'lexer.lex', 'menu', 'parser.tab', 'preprocess', 'symbol', 'util']

/**
 * Runs kconfig-why.c, linked against the tree's Kconfig objects, on a configuration.
 * @param names symbols; none for the names of all symbols.
 * @returns what it prints.
 * @throws LabError BuildFailed when it cannot be built for this tree.
 */
export async function askKconfig(
  kconfig: Kconfig,
  config: string,
  names: string[],
  context: Pick<BuildContext, 'signal'>,
): Promise<string> {
  const program = await kconfigWhy(kconfig, context)
  return await withConfigFile(kconfig, config, async (path) => {
    const { stdout } = await execa(program, ['Kconfig', ...names], {
      cwd: kconfig.folder,
      env: { ...kconfig.environment, KCONFIG_CONFIG: path },
      extendEnv: false,
      cancelSignal: context.signal,
    })
    return stdout
  })
}

async function kconfigWhy(kconfig: Kconfig, context: Pick<BuildContext, 'signal'>): Promise<string> {
  const program = join(kconfig.folder, 'kconfig-why')
  const headers = ['scripts/kconfig', 'scripts/include'].flatMap((folder) => ['-I', join(kconfig.tree.folder, folder)])
  const objects = commonObjects.map((name) => join(kconfig.folder, 'scripts/kconfig', `${name}.o`))
  const source = join(import.meta.dirname, 'kconfig-why.c')
  await withLock(`${kconfig.folder}.lock`, { signal: context.signal }, async () => {
    try {
      await execa('gcc', ['-O1', '-D_GNU_SOURCE', ...headers, '-o', `${program}.part`, source, ...objects], {
        env: kconfig.environment,
        extendEnv: false,
        cancelSignal: context.signal,
      })
    } catch (cause) {
      context.signal.throwIfAborted()
      throw new LabError(
        'BuildFailed',
        `builds/kernel/kconfig-why.c does not build for the kernel in ${kconfig.tree.folder}: ${String(cause)}`,
        { cause },
      )
    }
    await rename(`${program}.part`, program)
  })
  return program
}
