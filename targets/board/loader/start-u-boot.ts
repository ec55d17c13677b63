import { LabError } from '../../../domain/errors.ts'
import type { Loader } from '../../../domain/lab/inventory.ts'
import type { LoaderOffer, LoadFile } from '../flash/flash.ts'
import type { LoaderDialogue } from './dialogue.ts'
import { findKernel } from './interruption.ts'
import { loadFile, type Loaded } from './load-file.ts'
import { lastWords, LoaderFault } from './loader-fault.ts'
import { setBootargs } from './set-bootargs.ts'
import { writeMedium } from './write-medium.ts'

/** What a board's U-Boot is told. */
export interface LoaderOrder {
  loader: Pick<Loader, 'kernelAddress' | 'initrdAddress' | 'deviceTree'>
  /** What was flashed. */
  offer: LoaderOffer
  /** The kernel's whole command line. */
  cmdline: string
  /** The lab's part while the loader's command for a file runs, see `Flash.serve`. */
  serve?: (file: LoadFile) => Promise<void>
}

/** What a dialogue came to. */
export type LoaderEnd =
  | {
      started: true
      loaded: Loaded[]
      /** The boot command as it was typed. */
      command: string
      remarks: string[]
    }
  /** What firmware did instead, in one sentence. */
  | { started: false; fault: string }

/** arch/arm/lib/bootm.c, announce_and_cleanup(): the last that U-Boot says. A wire may have left only a part of it whole. */
const starting = 'Starting kernel ...'
const part = 9
const parts = Array.from({ length: starting.length - part + 1 }, (_, at) => starting.slice(at, at + part))

/**
 * From power-on to the kernel: stops autoboot, loads kernel and initrd, has the board read both back, sets the command line
 * and types the boot command. After any failure nothing is booted.
 * @returns that the kernel was started, or what firmware did instead
 * @throws LabError PlaceBroken for what the lab broke: the server or medium that gives no file, the wire that loses
 *   characters; the dialogue's signal's reason when aborted
 */
export async function startByUBoot(dialogue: LoaderDialogue, order: LoaderOrder): Promise<LoaderEnd> {
  try {
    return await start(dialogue, order)
  } catch (error) {
    if (error instanceof LoaderFault) return { started: false, fault: error.message }
    throw error
  }
}

async function start(dialogue: LoaderDialogue, { loader, offer, cmdline, serve }: LoaderOrder): Promise<LoaderEnd> {
  await dialogue.toPrompt()
  const kernelAt = await addressOf(dialogue, loader.kernelAddress, 'kernel_addr_r', 'kernelAddress')
  const initrdAt = await addressOf(dialogue, loader.initrdAddress, 'ramdisk_addr_r', 'initrdAddress')
  const treeAt = await treeAddress(dialogue, loader.deviceTree)
  for (const command of offer.prepare) await prepare(dialogue, command)
  if (offer.medium) await writeMedium(dialogue, offer.medium, kernelAt)
  await setBootargs(dialogue, cmdline, kernelAt)
  const serving = (file: LoadFile) => (serve ? () => serve(file) : undefined)
  const kernel = await loadFile(dialogue, offer.kernel, kernelAt, serving(offer.kernel))
  const initrd = await loadFile(dialogue, offer.initrd, initrdAt, serving(offer.initrd))
  const command = `booti ${kernelAt} ${initrdAt}:${initrd.size.toString(16)} ${treeAt}`
  await dialogue.leave(command, isGone)
  const remarks = dialogue.lost === 0 ? [] : [`${dialogue.lost} lines were typed again: the console lost characters.`]
  return { started: true, loaded: [kernel, initrd], command, remarks }
}

function isGone(text: string): boolean {
  return parts.some((one) => text.includes(one)) || findKernel(text) !== undefined
}

/** An address of the lab file's, or a variable of U-Boot's that must be set: an empty one would shift the arguments. */
async function addressOf(
  dialogue: LoaderDialogue,
  address: number | undefined,
  variable: string,
  key: string,
): Promise<string> {
  if (address !== undefined) return `0x${address.toString(16)}`
  return variableSet(dialogue, variable, `set ${key} in the lab file`)
}

async function treeAddress(dialogue: LoaderDialogue, tree: string): Promise<string> {
  if (/^(?:0x)?[0-9a-f]+$/i.test(tree)) return tree
  return variableSet(dialogue, tree, 'name another deviceTree in the lab file')
}

async function variableSet(dialogue: LoaderDialogue, variable: string, advice: string): Promise<string> {
  const { code } = await dialogue.ask(`printenv ${variable}`)
  if (code === 0) return `\${${variable}}`
  throw new LabError('PlaceBroken', `This board's U-Boot has no variable ${variable}: ${advice}.`)
}

async function prepare(dialogue: LoaderDialogue, command: string): Promise<void> {
  const { code, output } = await dialogue.ask(command)
  if (code === 0) return
  const sentence = `U-Boot's \`${command}\`, which has to come before the first load, failed with code ${code}: it said ${lastWords(output)}.`
  throw new LabError('PlaceBroken', sentence, { retryable: true })
}
