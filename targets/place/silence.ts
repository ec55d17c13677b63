import type { ConsoleLine, ConsoleSource } from '../board/console/console-source.ts'

/**
 * Listens to a board's consoles until all of them have been silent for a time: all that can be known of a board whose
 * outlet cannot be asked.
 * @param seconds for how long
 * @throws LabError PlaceBroken when a console cannot be listened to; the signal's reason when aborted
 */
export async function awaitSilence(
  sources: readonly ConsoleSource[],
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  const opened = await Promise.allSettled(sources.map((source) => source.open(signal)))
  const lines = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  try {
    const failed = opened.find((one) => one.status === 'rejected')
    if (failed) throw failed.reason
    await silent(lines, seconds * 1000, signal)
  } finally {
    await Promise.all(lines.map((line) => line.close()))
  }
}

async function silent(lines: readonly ConsoleLine[], milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const abort = (): void => reject(signal.reason as Error)
  const timer = setTimeout(resolve, milliseconds)
  for (const { stream } of lines) stream.on('data', () => timer.refresh())
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  await promise.finally(() => {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  })
}
