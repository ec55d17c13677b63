import { exitCodes } from './exit-codes.ts'

/**
 * What the first Ctrl-C (or SIGTERM) does; the second one leaves at once.
 * @returns takes the handler away again.
 */
export function onInterrupt(first: () => Promise<void> | void): () => void {
  let count = 0
  const handler = (): void => {
    if (++count > 1) process.exit(exitCodes.interrupted)
    void Promise.resolve(first()).catch((error: Error) => {
      process.stderr.write(`hyplab: ${error.message}\n`)
      process.exit(exitCodes.interrupted)
    })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, handler)
  return () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, handler)
  }
}
