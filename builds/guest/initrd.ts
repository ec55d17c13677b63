import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { gzipSync } from 'node:zlib'
import { LabError } from '../../domain/errors.ts'
import { stampOf } from '../../host/file-memo.ts'
import type { FactRequest } from '../../domain/records/fact-request.ts'
import type { EfiVariableBody } from '../../domain/records/record.ts'
import { characterDevice, directory, newcArchive, plainFile, program, type ArchiveEntry } from './newc.ts'

/** Time limits of init, milliseconds; what is left out is init's own default. */
export interface GuestLimits {
  /** For each fact. */
  fact?: number
  /** For each command to a TPM. */
  tpm?: number
  /** For each step on EFI variables. */
  efi?: number
  /** For each module's own init function. */
  module?: number
  /** For the host's next word once all records were sent, and for it to take one that is being sent. */
  answer?: number
  /** Bytes of a file that are sent at most. */
  bytes?: number
}

/** A kernel module: its name without `.ko`, as a plan says it, and its file. */
export interface GuestModule {
  name: string
  path: string
}

export interface InitrdContents {
  /** The file of our init, see `buildGuestInit`. */
  init: string
  /** In load order, before the probes. */
  modules: GuestModule[]
  /** Probe modules: each is loaded, then what it shows in /proc/hyplab-NAME is sent. */
  probes: GuestModule[]
  /** Read in this order, after the probes; EFI variables before the modules, too. */
  facts: FactRequest[]
  limits: GuestLimits
}

/**
 * Writes the initramfs of a target: init, the modules, and the instructions that init follows (`guest/init/session.h`).
 * Equal contents give equal bytes. The file appears whole or not at all.
 * @throws LabError BadInput when a name or path cannot stand in the instructions; SourceMissing when a file is not there
 */
export async function writeInitrd(out: string, contents: InitrdContents): Promise<void> {
  const archive = await archiveOf(contents)
  await mkdir(dirname(out), { recursive: true })
  const whole = `${out}.${process.pid}.part`
  await writeFile(whole, archive)
  await rename(whole, out)
}

/** The last archives by what is in them: the cells of a run boot few kernels, and packing one costs more than a boot's judging. */
const recent = new Map<string, Buffer>()
const mostRecent = 4

async function archiveOf(contents: InitrdContents): Promise<Buffer> {
  const { init, modules, probes } = contents
  const files = [{ name: 'init', path: init }, ...modules, ...probes]
  const stamps = await Promise.all(files.map(async ({ path }) => await stampOf(path).catch(() => undefined)))
  const key = JSON.stringify([instructions(contents), files, stamps])
  const packed = recent.get(key) ?? (await pack(contents))
  recent.delete(key)
  recent.set(key, packed)
  if (recent.size > mostRecent) recent.delete(recent.keys().next().value!)
  return packed
}

async function pack(contents: InitrdContents): Promise<Buffer> {
  const entries: ArchiveEntry[] = [
    ...['dev', 'proc', 'sys', 'hyplab', 'hyplab/modules'].map((path) => ({ path, mode: directory })),
    // For a kernel without devtmpfs (Documentation/admin-guide/devices.txt).
    { path: 'dev/console', mode: characterDevice, device: [5, 1] },
    { path: 'hyplab/instructions', mode: plainFile, data: Buffer.from(instructions(contents)) },
    { path: 'init', mode: program, data: await bytesOf(contents.init, 'init') },
  ]
  for (const { name, path } of [...contents.modules, ...contents.probes]) {
    entries.push({ path: `hyplab/modules/${name}.ko`, mode: plainFile, data: await bytesOf(path, `module ${name}`) })
  }
  // Node's gzip header has no name and no time.
  return gzipSync(newcArchive(entries), { level: 6 })
}

/** The text that init follows, line by line. */
export function instructions({ modules, probes, facts, limits }: Omit<InitrdContents, 'init'>): string {
  const names = [...modules, ...probes].map(({ name }) => name)
  const twice = names.find((name, n) => names.indexOf(name) !== n)
  if (twice !== undefined)
    throw new LabError('BadInput', `Module ${twice} is named twice: name it once, where it is to be loaded`)
  return [
    ...(['fact', 'tpm', 'efi', 'module', 'answer', 'bytes'] as const).flatMap((what) => limitLine(what, limits[what])),
    ...facts.flatMap((fact) => efiLine(fact, 'before-modules')),
    ...modules.map(({ name }) => `module ${checkedName(name)}`),
    ...probes.map(({ name }) => `probe ${checkedName(name)}`),
    ...facts.flatMap((fact) => efiLine(fact, 'after-modules')),
    ...facts.flatMap(factLine),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function efiLine(fact: FactRequest, when: EfiVariableBody['when']): string[] {
  return fact.kind === 'efi' ? [`efi ${when} ${fact.write ? 'write' : 'read'} ${checkedPath(fact.path)}`] : []
}

function factLine(fact: FactRequest): string[] {
  const path = checkedPath(fact.path)
  if (fact.kind === 'efi') return []
  if (fact.kind === 'tpm') return [`tpm ${path}`]
  if (fact.bytes === undefined) return [`fact ${fact.kind} ${path}`]
  checkNumber('bytes', fact.bytes)
  return [`fact ${fact.kind}:${fact.bytes} ${path}`]
}

function limitLine(what: string, value: number | undefined): string[] {
  if (value === undefined) return []
  checkNumber(what, value)
  return [`limit ${what} ${value}`]
}

function checkNumber(what: string, value: number): void {
  if (!Number.isInteger(value) || value < 1 || value > 0x7fff_ffff) {
    throw new LabError(
      'BadInput',
      `The target's limit ${what} is ${value}: give a whole number from 1 to ${0x7fff_ffff}`,
    )
  }
}

function checkedName(name: string): string {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) {
    throw new LabError(
      'BadInput',
      `${JSON.stringify(name)} is no module name: use letters, digits, "_" and "-", without ".ko"`,
    )
  }
  return name
}

function checkedPath(path: string): string {
  if (!/^\/[\x20-\x7e]{0,500}$/.test(path)) {
    throw new LabError(
      'BadInput',
      `${JSON.stringify(path)} is no path of a fact: give an absolute path in printable ASCII, up to 500 characters`,
    )
  }
  return path
}

async function bytesOf(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new LabError(
      'SourceMissing',
      `The ${what} for the target is not there: ${path} cannot be read; build it first`,
      // Our init lies in the cache, from where it may have been deleted since it was built.
      { retryable: true, cause },
    )
  }
}
