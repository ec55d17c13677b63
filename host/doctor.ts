import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { LabError } from '../domain/errors.ts'
import { freeSpace } from './disk.ts'
import { makeStateFolder, type Folders } from './folders.ts'
import { ownNetwork } from './own-network.ts'
import { missingPackages } from './packages.ts'
import { run } from './run.ts'
import { presentTemporal } from './temporal-binary.ts'

/** One thing that was looked at on this host. */
export interface HostCheck {
  name: string
  /** `warn`: things work, but slowly or not for long. */
  outcome: 'ok' | 'warn' | 'bad'
  /** What was found. */
  detail: string
  /** What to do about it, when it is not ok. */
  fix?: string
}

const gibibyte = 1024 ** 3
/** Two kernel O= folders, their sources, ccache and the firmware take about 8 GiB. */
const comfortableSpace = 10 * gibibyte
/** The machine's 2 GiB and a build beside it. */
const comfortableMemory = 4 * gibibyte

/** Looks at everything on this host that a run needs, changes nothing but makes sure that our own folders exist. */
export async function checkHost(folders: Folders): Promise<HostCheck[]> {
  const checks = await Promise.all([
    checkPackages(),
    checkVersion('QEMU', 'qemu-system-aarch64', /version (\d+)\.(\d+)/, 9),
    checkVersion('cross compiler', 'aarch64-linux-gnu-gcc', /(\d+)\.(\d+)\.\d+$/m, 12),
    checkTemporal(folders),
    checkOwnNetwork(),
    checkFolder('state folder', folders.state, makeStateFolder),
    checkFolder('cache folder', folders.cache, (folder) => mkdir(folder, { recursive: true })),
  ])
  return [...checks, checkMachine()]
}

async function checkPackages(): Promise<HostCheck> {
  const name = 'Debian packages'
  try {
    const missing = await missingPackages()
    if (missing.length === 0) return { name, outcome: 'ok', detail: 'all installed' }
    return {
      name,
      outcome: 'bad',
      detail: `missing: ${missing.map((one) => one.name).join(', ')}`,
      fix: 'npm start installs them',
    }
  } catch (error) {
    return unless(error, name, 'warn', 'see that the tools below are there')
  }
}

async function checkVersion(name: string, tool: string, pattern: RegExp, atLeast: number): Promise<HostCheck> {
  const { code, stdout } = await run(tool, ['--version'])
  const fix = 'npm start installs it'
  if (code !== 0) return { name, outcome: 'bad', detail: `${tool} is not on your PATH`, fix }
  const line = stdout.split('\n', 1)[0] ?? ''
  const major = Number(pattern.exec(line)?.[1])
  if (major >= atLeast) return { name, outcome: 'ok', detail: line }
  return { name, outcome: 'bad', detail: `${line}; ${atLeast} is the oldest that will do`, fix }
}

async function checkTemporal(folders: Folders): Promise<HostCheck> {
  const present = await presentTemporal(folders)
  if (present !== undefined) return { name: 'Temporal', outcome: 'ok', detail: present.from }
  const fix = 'npm start fetches it, or have a `temporal` of 1.9 or newer on your PATH'
  return { name: 'Temporal', outcome: 'bad', detail: 'no server binary on this host yet', fix }
}

async function checkOwnNetwork(): Promise<HostCheck> {
  const name = 'other users'
  const network = await ownNetwork()
  if ('through' in network)
    return { name, outcome: 'ok', detail: "cannot reach hyplab's own Temporal server: it has a network of its own" }
  return {
    name,
    outcome: 'warn',
    detail: `can command hyplab's own Temporal server, because ${network.refused}`,
    fix: 'have no other users here, or use a Temporal server that asks for certificates (docs/security.md)',
  }
}

async function checkFolder(name: string, folder: string, make: (folder: string) => unknown): Promise<HostCheck> {
  try {
    await make(folder)
    await access(folder, constants.W_OK)
  } catch (error) {
    if (error instanceof LabError) return { name, outcome: 'bad', detail: error.message }
    const why = (error as NodeJS.ErrnoException).code ?? 'unknown'
    return {
      name,
      outcome: 'bad',
      detail: `${folder} cannot be written (${why})`,
      fix: 'set HYPLAB_STATE and HYPLAB_CACHE',
    }
  }
  const free = await freeSpace(folder)
  const detail = `${folder}, ${(free / gibibyte).toFixed(0)} GiB free`
  if (free >= comfortableSpace) return { name, outcome: 'ok', detail }
  return { name, outcome: 'warn', detail, fix: `free some: builds want ${comfortableSpace / gibibyte} GiB` }
}

function checkMachine(): HostCheck {
  const memory = totalmem()
  const detail = `${availableParallelism()} cores, ${(memory / gibibyte).toFixed(0)} GiB of memory`
  if (memory >= comfortableMemory) return { name: 'machine', outcome: 'ok', detail }
  return { name: 'machine', outcome: 'warn', detail, fix: 'boot with less memory (targets: memory) or on another host' }
}

function unless(error: unknown, name: string, outcome: 'warn' | 'bad', fix: string): HostCheck {
  if (!(error instanceof LabError)) throw error
  return { name, outcome, detail: error.message, fix }
}
