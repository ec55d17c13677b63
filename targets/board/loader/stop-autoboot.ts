import type { DialogueOptions } from './dialogue-options.ts'
import type { HeardText } from './heard-text.ts'
import { findKernel } from './interruption.ts'
import { lastWords, LoaderFault } from './loader-fault.ts'

/** While autoboot counts down, U-Boot goes back over the number and says the next one (common/autoboot.c), each second. */
const tick = /\x08{2,3} ?\d/g
/** Longer than a tick takes to come, seconds. */
const tickWithin = 1.5
/** An autoboot line of this length is known by half of it, too. */
const longEnough = 20

/**
 * Waits until the boot loader says that it will boot by itself, and types the key that stops it; a loader that comes to its
 * prompt by itself is left alone. That the prompt is there then is for the next command to prove.
 * @param heard what the board says, from power-on
 * @throws LoaderFault when the board starts a kernel or falls silent instead; the signal's reason when aborted
 */
export async function stopAutoboot(
  heard: HeardText,
  write: (text: string) => void,
  { autoboot, prompt, limits }: DialogueOptions,
  signal: AbortSignal,
): Promise<void> {
  const first = await heard.until(
    (text) => {
      if (saysAutoboot(text, autoboot.says)) return 'autoboot'
      return text.endsWith(prompt) ? 'prompt' : findKernel(text)
    },
    limits.silence * 1000,
    signal,
  )
  if (first === undefined) {
    const sentence = `The board fell silent before it came to its boot loader (${limits.silence} s); the last that it said: ${lastWords(heard.text)}.`
    throw new LoaderFault(sentence)
  }
  if (first === 'prompt') return
  if (first !== 'autoboot')
    throw new LoaderFault(`The board booted a kernel and never came to its boot loader: "${first.line}".`)
  write(autoboot.key)
  let ticks = count(heard.text, tick)
  const stopped = await heard.until(
    (text) => {
      if (isAtPrompt(text, prompt, autoboot.key)) return 'prompt'
      const now = count(text, tick)
      // It still counts: the key was lost on its way.
      if (now > ticks) write(autoboot.key)
      ticks = now
      return findKernel(text)
    },
    Math.max(limits.echo, tickWithin) * 1000,
    signal,
  )
  if (stopped !== undefined && stopped !== 'prompt')
    throw new LoaderFault(`The board's autoboot was not stopped by its key: "${stopped.line}".`)
}

/** The autoboot line, or the half of it that a wire left whole. */
function saysAutoboot(text: string, says: string): boolean {
  if (text.includes(says)) return true
  const half = says.length >> 1
  return says.length >= longEnough && (text.includes(says.slice(0, half)) || text.includes(says.slice(half)))
}

/** Whether the prompt came last, or nothing behind it but the echo of a key that was typed once too often. */
function isAtPrompt(text: string, prompt: string, key: string): boolean {
  const end = text.lastIndexOf(prompt)
  return end >= 0 && text.slice(end + prompt.length).replaceAll(key, '') === ''
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}
