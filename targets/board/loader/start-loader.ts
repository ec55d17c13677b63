import type { Loader } from '../../../domain/lab/inventory.ts'
import type { ConsoleLine } from '../console/console-source.ts'
import type { Flash, Flashed, LentMedium } from '../flash/flash.ts'
import { LoaderDialogue } from './dialogue.ts'
import { EfiShell } from './efi-shell.ts'
import { startByUBoot, type LoaderTold } from './start-u-boot.ts'
import { startByUefi } from './start-uefi.ts'

/** Seconds without a byte: a server that does not answer is asked again by U-Boot, which says so each time. */
const limits = { silence: 30, echo: 3 }

/**
 * The dialogue in which a board's boot loader is told what to start, where it has to be told.
 * @param cmdline the kernel's whole command line
 * @param told gets what the board reads back, as soon as it has
 * @returns a function that holds the dialogue on a console and resolves with what firmware did instead of starting the kernel,
 *   if anything; it throws LabError PlaceBroken for what the lab broke. undefined for a loader that starts by itself
 */
export function startLoader(
  loader: Loader | undefined,
  cmdline: string,
  { offer, uefi }: Flashed,
  flash: Flash,
  told?: LoaderTold,
): ((console: ConsoleLine, signal: AbortSignal) => Promise<string | undefined>) | undefined {
  if (loader?.kind === 'uefi' && uefi !== undefined)
    return async ({ stream }, signal) => {
      const shell = new EfiShell((text) => void stream.write(text), limits, signal)
      const feed = (chunk: Buffer): void => shell.feed(chunk)
      stream.on('data', feed)
      return await startByUefi(shell, uefi, cmdline).finally(() => stream.off('data', feed))
    }
  if (loader?.kind !== 'u-boot' || offer === undefined) return undefined
  return async ({ stream }, signal) => {
    const { prompt, autoboot } = loader
    const dialogue = new LoaderDialogue((text) => void stream.write(text), { prompt, autoboot, limits }, signal)
    const feed = (chunk: Buffer): void => dialogue.feed(chunk)
    stream.on('data', feed)
    try {
      const serve = flash.serve && ((file: Parameters<NonNullable<Flash['serve']>>[0]) => flash.serve!(file, signal))
      const end = await startByUBoot(dialogue, {
        loader,
        offer,
        cmdline,
        ...(serve && { serve }),
        ...(told && { told }),
        ...(flash.borrow && { borrow: (medium: LentMedium) => flash.borrow!(medium) }),
      })
      return end.started ? undefined : end.fault
    } finally {
      stream.off('data', feed)
    }
  }
}
