import { setTimeout as delay } from 'node:timers/promises'
import { LineReader } from '../../domain/console/line-reader.ts'
import { LabError } from '../../domain/errors.ts'
import type { LabPlace } from '../../domain/lab/inventory.ts'
import type { ConsoleLine } from '../board/console/console-source.ts'
import { inSeconds } from '../stop-sentence.ts'
import type { OpenPlace } from './place.ts'

/** How long a place may take to be switched off in the end, milliseconds; it is asked after a cancel, too. */
const offMs = 60_000

/**
 * Finds out whether a place is healthy: off, on, the first byte on a console within its class's time, the line that it must say if
 * it has one, off again as the outlet says or its silence. It ends off, however this ends.
 * @returns what was seen: one sentence
 * @throws LabError PlaceBroken with what it did not do; the signal's reason when aborted
 */
export async function checkHealth(open: OpenPlace, place: LabPlace, signal: AbortSignal): Promise<string> {
  const { power } = open
  if (!power) throw new LabError('BadInput', `${place.name} has no power to switch: it is a program.`)
  await open.off(signal)
  let seen: string
  try {
    seen = await heardFrom(open, place, () => power.on(signal), signal)
  } catch (error) {
    const stays = await open.off(AbortSignal.timeout(offMs)).then(
      () => '',
      (left: Error) => ` Then it could not be switched off: ${left.message}`,
    )
    if (stays === '' || !(error instanceof LabError)) throw error
    throw new LabError('PlaceBroken', `${error.message}${stays}`, { cause: error })
  }
  await open.off(AbortSignal.timeout(offMs))
  return `It is healthy: ${seen}, and it goes off.`
}

/** Switches a place on and waits for what it must say, with all of its consoles attached. */
async function heardFrom(
  open: OpenPlace,
  place: LabPlace,
  on: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<string> {
  const { name, consoles, limits, health } = place
  const lines = new Map<string, ConsoleLine>()
  const wayBroke = Promise.withResolvers<never>()
  const firstByte = Promise.withResolvers<string>()
  const healthy = Promise.withResolvers<string>()
  // Each is waited for only when the one before it has come.
  for (const { promise } of [wayBroke, firstByte, healthy]) promise.catch(() => undefined)
  try {
    const wanted = health && new RegExp(health.says)
    for (const console of Object.keys(consoles)) {
      const line = await open.console(console, signal)
      lines.set(console, line)
      const reader = new LineReader()
      line.stream.on('data', (chunk: Buffer) => {
        firstByte.resolve(console)
        const said = wanted && reader.push(chunk).find(({ text }) => wanted.test(text))
        if (said) healthy.resolve(said.text.trim())
      })
      void line.broken.then((sentence) => wayBroke.reject(new LabError('PlaceBroken', sentence, { retryable: true })))
    }
    await on()
    const since = performance.now()
    const within = async (seconds: number, heard: Promise<string>, what: string): Promise<string> => {
      const left = Math.max(0, seconds * 1000 - (performance.now() - since))
      const over = new AbortController()
      try {
        const limit = late(left, `${name} ${what}`, AbortSignal.any([signal, over.signal]))
        return await Promise.race([heard, wayBroke.promise, limit])
      } finally {
        over.abort()
      }
    }
    const first = await within(
      limits.firstByte,
      firstByte.promise,
      `was switched on and said nothing on any console within ${inSeconds(limits.firstByte)}.`,
    )
    const seen = `${first} said its first byte ${inSeconds((performance.now() - since) / 1000)} after power-on`
    if (!health) return seen
    const line = await within(
      health.within,
      healthy.promise,
      `was switched on and did not say /${health.says}/ within ${inSeconds(health.within)}; ${seen}.`,
    )
    return `${seen}, and then "${line}"`
  } finally {
    // Before it is switched off: who listens for its silence attaches to them again.
    await Promise.all([...lines.values()].map((line) => line.close()))
  }
}

async function late(milliseconds: number, sentence: string, signal: AbortSignal): Promise<never> {
  await delay(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted())
  throw new LabError('PlaceBroken', sentence, { retryable: true })
}
