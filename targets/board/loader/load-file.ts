import { LabError } from '../../../domain/errors.ts'
import type { LoadFile } from '../flash/flash.ts'
import type { LoaderDialogue } from './dialogue.ts'
import { lastWords } from './loader-fault.ts'
import { whyLoadFailed } from './load-failure.ts'

/** A file that a boot loader loaded and read back from the board's memory. */
export interface Loaded {
  name: string
  /** Where it lies, as it was typed. */
  address: string
  size: number
  /** What the board computed over its memory, in hex; it is the file's. */
  crc32: string
  /** The same, where this U-Boot has `hash`. */
  sha256?: string
  /** What U-Boot said of the load and of its checksum. */
  said: string
}

/** What can be loaded, whatever it is called. */
type Loadable = Omit<LoadFile, 'name'> & { name: string }

/** A load is done as often when what the board reads back is not what the file has. */
const mostLoads = 2
/** The board is asked as often for a checksum, whose digits a wire may have changed. */
export const mostAsked = 2

/** What a load needs beside its file. */
export interface LoadHelp {
  /** What the lab has to do while the board's command runs, or before. */
  serve?: (() => Promise<void>) | undefined
  /** false where this U-Boot is known to have no `hash`. */
  hash?: boolean
}

/**
 * Loads one file into the board's memory and has the board prove that it lies there.
 * @param address where to, as U-Boot's shell takes it
 * @throws LabError PlaceBroken when it could not be loaded or what lies there is not the file; what `ask` throws
 */
export async function loadFile(
  dialogue: LoaderDialogue,
  file: Loadable,
  address: string,
  { serve, hash = true }: LoadHelp = {},
): Promise<Loaded> {
  const command = file.command.replaceAll('{address}', address)
  const checksum = `crc32 ${address} \${filesize}`
  for (let loads = 1; ; loads++) {
    if (file.servedBefore) await serve?.()
    // A load that fails leaves the size as the one before set it, and the old image in memory. All in one line, for each
    // line has to go to the board and back several times before the next is typed.
    const load = `setenv filesize; ${command} && ${checksum}`
    const meanwhile = file.servedBefore ? undefined : serve
    const all = hash ? await dialogue.askAtOnce(`${load} && ${sha256Of(address)}`, meanwhile) : undefined
    const { code, output } = all ?? (await dialogue.ask(load, meanwhile))
    if (/Unknown command 'crc32'/.test(output)) throw noCommand('crc32', 'CONFIG_CMD_CRC32')
    const loaded = code === 0 || (all !== undefined && (hashSaid.test(output) || findChecksum(output) !== undefined))
    if (!loaded) throw notLoaded(file, command, output)
    const read = await readBack(dialogue, file, checksum, output)
    if (read.right) {
      const sha256 = hash ? await readSha256(dialogue, file, address, all?.output) : {}
      return { name: file.name, address, size: file.size, crc32: file.crc32, ...sha256, said: output.trim() }
    }
    if (loads === mostLoads) throw notTheFile(file, read.said)
  }
}

/** @param output what the board said of the checksum first */
async function readBack(
  dialogue: LoaderDialogue,
  file: Loadable,
  checksum: string,
  output: string,
): Promise<{ right: boolean; said: string }> {
  let said = output
  for (let asked = 1; ; asked++) {
    const sum = findChecksum(said)
    if (sum?.size === file.size && sum.digest === file.crc32) return { right: true, said: '' }
    if (asked === mostAsked)
      return { right: false, said: sum ? `${sum.size} bytes with crc32 ${sum.digest}` : lastWords(said) }
    said = (await dialogue.ask(checksum)).output
  }
}

/** What comes of `hash`, which is reached only when all before it went well (cmd/hash.c, common/hash.c). */
const hashSaid = /Unknown command 'hash'|Unknown hash algorithm|^sha256 for /m

/**
 * Not every U-Boot has it; one that has it must agree.
 * @param said what the board said of it already
 */
async function readSha256(
  dialogue: LoaderDialogue,
  file: Loadable,
  address: string,
  said: string | undefined,
): Promise<{ sha256?: string }> {
  let output = said
  for (let asked = 1; ; asked++) {
    output ??= (await dialogue.ask(sha256Of(address))).output
    const digest = /^sha256 for .* ==> ([0-9a-f]+)\s*$/m.exec(output)?.[1]
    if (digest === file.sha256) return { sha256: file.sha256 }
    if (/Unknown command|Unknown hash algorithm/.test(output)) return {}
    if (asked === mostAsked) throw notTheFile(file, digest ? `sha256 ${digest}` : lastWords(output))
    output = undefined
  }
}

function sha256Of(address: string): string {
  return `hash sha256 ${address} \${filesize}`
}

/** Reads `crc32 for 40400000 ... 40b0ffff ==> 1a2b3c4d` (common/hash.c); the addresses say how many bytes were read. */
export function findChecksum(output: string): { size: number; digest: string } | undefined {
  const match = /for ([0-9a-f]+) \.\.\. ([0-9a-f]+) ==> ([0-9a-f]+)\s*$/m.exec(output)
  if (!match) return undefined
  const [, first, last, digest] = match
  return { size: Number(BigInt(`0x${last}`) - BigInt(`0x${first}`)) + 1, digest: digest! }
}

function notLoaded(file: Loadable, command: string, output: string): LabError {
  const known = whyLoadFailed(output)
  const why = known?.why ?? `U-Boot gave no reason that is known`
  const sentence = `The board could not load ${file.name} because ${why}. It said of \`${command}\`: ${lastWords(output, 4)}.`
  return new LabError('PlaceBroken', sentence, { retryable: known?.retryable ?? true })
}

function notTheFile(file: Loadable, said: string): LabError {
  const sentence =
    `What the board loaded as ${file.name} is not the file: its memory holds ${said}, the file has ${file.size} bytes ` +
    `with crc32 ${file.crc32} and sha256 ${file.sha256}.`
  return new LabError('PlaceBroken', sentence, { retryable: true })
}

function noCommand(command: string, symbol: string): LabError {
  const sentence = `This board's U-Boot has no command ${command}, so that nothing proves what it loaded: build it with ${symbol}.`
  return new LabError('PlaceBroken', sentence)
}
