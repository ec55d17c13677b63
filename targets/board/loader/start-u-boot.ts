import { LabError } from '../../../domain/errors.ts'
import { counted } from '../../../domain/counted.ts'
import type { Loader } from '../../../domain/lab/inventory.ts'
import type { Flash, LoaderOffer, LoadFile } from '../flash/flash.ts'
import type { LoaderDialogue } from './dialogue.ts'
import { findKernel } from './interruption.ts'
import { lendMedium } from './lend-medium.ts'
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
  /** The lab's part in lending a medium, see `Flash.borrow`. */
  borrow?: Flash['borrow']
  /** Told of all that is read back, as soon as it has been. */
  told?: LoaderTold
}

/** Takes what was read back: each file from the board's memory, and what its own medium holds where that was written. */
export interface LoaderTold {
  loaded(loaded: Loaded): void
  /** @param words for people: what proves it */
  medium(file: string, words: string): void
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

async function start(dialogue: LoaderDialogue, order: LoaderOrder): Promise<LoaderEnd> {
  const { loader, offer, cmdline, serve, told, borrow } = order
  await dialogue.toPrompt()
  const kernelAt = addressOf(loader.kernelAddress, kernelVariable)
  const initrdAt = addressOf(loader.initrdAddress, initrdVariable)
  const treeAt = treeAddress(loader.deviceTree)
  await requireReady(dialogue, loader, offer.prepare)
  if (offer.medium) {
    const { written, of } = await writeMedium(dialogue, offer.medium, kernelAt)
    told?.medium('medium', `${written} of ${of} pieces had to be written`)
  }
  const lent = offer.lent && borrow ? await lendMedium(dialogue, offer.lent, borrow(offer.lent)) : undefined
  for (const { name, sha256, written } of lent?.files ?? []) {
    const how = written ? `sha256 ${sha256}` : `sha256 ${sha256}, as it was there already`
    told?.medium(name, [how, ...lent!.remarks].join('. '))
  }
  await setBootargs(dialogue, cmdline, kernelAt)
  const serving = (file: LoadFile) => (serve ? () => serve(file) : undefined)
  const kernel = await loadFile(dialogue, offer.kernel, kernelAt, { serve: serving(offer.kernel) })
  told?.loaded(kernel)
  const hash = kernel.sha256 !== undefined
  const initrd = await loadFile(dialogue, offer.initrd, initrdAt, { serve: serving(offer.initrd), hash })
  told?.loaded(initrd)
  const command = `booti ${kernelAt} ${initrdAt}:${initrd.size.toString(16)} ${treeAt}`
  await dialogue.leave(command, isGone)
  const lost =
    dialogue.lost === 0
      ? []
      : [`${counted(dialogue.lost, 'line was', 'lines were')} typed again: the console lost characters.`]
  const remarks = [...(lent?.remarks ?? []), ...lost]
  return { started: true, loaded: [kernel, initrd], command, remarks }
}

function isGone(text: string): boolean {
  return parts.some((one) => text.includes(one)) || findKernel(text) !== undefined
}

const kernelVariable = 'kernel_addr_r'
const initrdVariable = 'ramdisk_addr_r'

/** An address of the lab file's, or a variable of U-Boot's. */
function addressOf(address: number | undefined, variable: string): string {
  return address === undefined ? `\${${variable}}` : `0x${address.toString(16)}`
}

function treeAddress(tree: string): string {
  return isAddress(tree) ? tree : `\${${tree}}`
}

function isAddress(text: string): boolean {
  return /^(?:0x)?[0-9a-f]+$/i.test(text)
}

/**
 * Every variable that is used must be set, for an empty one would shift the arguments; and what has to come before the
 * first load must have gone well. All in one line; when that fails, again part by part, to see which one it is.
 */
async function requireReady(
  dialogue: LoaderDialogue,
  loader: LoaderOrder['loader'],
  prepare: readonly string[],
): Promise<void> {
  const advice = new Map<string, string>()
  if (loader.kernelAddress === undefined) advice.set(kernelVariable, 'set kernelAddress in the lab file')
  if (loader.initrdAddress === undefined) advice.set(initrdVariable, 'set initrdAddress in the lab file')
  if (!isAddress(loader.deviceTree)) advice.set(loader.deviceTree, 'name another deviceTree in the lab file')
  const steps = [...(advice.size > 0 ? [`printenv ${[...advice.keys()].join(' ')}`] : []), ...prepare]
  if (steps.length > 1 && (await dialogue.askAtOnce(steps.join(' && ')))?.code === 0) return
  for (const [variable, mend] of advice) {
    if ((await dialogue.ask(`printenv ${variable}`)).code === 0) continue
    throw new LabError('PlaceBroken', `This board's U-Boot has no variable ${variable}: ${mend}.`)
  }
  for (const command of prepare) {
    const { code, output } = await dialogue.ask(command)
    if (code === 0) continue
    const sentence = `U-Boot's \`${command}\`, which has to come before the first load, failed with code ${code}: it said ${lastWords(output)}.`
    throw new LabError('PlaceBroken', sentence, { retryable: true })
  }
}
