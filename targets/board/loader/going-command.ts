import type { HeardText } from './heard-text.ts'
import { LoaderFault } from './loader-fault.ts'
import type { Answer } from './typed-line.ts'

const interrupt = '\x03'
/** ^C is typed as often to a command that goes on. */
const mostInterrupts = 8
/** The sign that U-Boot turns while it waits (drivers/usb/gadget/f_mass_storage.c, busy_indicator), all of it but the last. */
const turning = /(?:\r[|/\\-])+(?=\r[|/\\-])/g
/** The longest that a timer takes, milliseconds. */
const longest = 2 ** 31 - 1

/** A command of a boot loader that goes on until ^C. */
export interface GoingCommand {
  /** What is said behind its echo. */
  heard: HeardText
  write: (text: string) => void
  signal: AbortSignal
  /** Throws for what shows that there is no shell any longer. */
  check: (text: string) => void
  /** Finds its answer. */
  ended: (text: string) => Answer | undefined
}

/**
 * Works until that is done, or until the command has ended; the work is ended then, too. After work that failed the command is
 * interrupted, and nothing is waited for.
 */
export async function whileItGoesOn<T>(
  going: GoingCommand,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ done: T } | { ended: Answer }> {
  const over = new AbortController()
  const either = AbortSignal.any([going.signal, over.signal])
  const working = work(either).then(
    (done) => ({ done }),
    (error: unknown) => {
      if (!over.signal.aborted) going.write(interrupt)
      throw error
    },
  )
  const find = (text: string): Answer | undefined => look(going, text)
  const ending = going.heard.until(find, longest, either).then((answer) => ({ ended: answer! }))
  try {
    return await Promise.race([working, ending])
  } finally {
    over.abort(new Error('It is over.'))
    await Promise.allSettled([working, ending])
  }
}

/**
 * Ends a command by ^C, which it may be slow to look for and a wire may lose.
 * @param patience seconds until it is typed again
 * @throws LoaderFault when it does not end
 */
export async function endIt(going: GoingCommand, command: string, patience: number): Promise<void> {
  for (let tries = 0; tries < mostInterrupts; tries++) {
    going.write(interrupt)
    const since = performance.now()
    const find = (text: string): Answer | 'late' | undefined =>
      // It may go on talking.
      look(going, text) ?? (performance.now() - since > patience * 1000 ? 'late' : undefined)
    if (typeof (await going.heard.until(find, patience * 1000, going.signal)) === 'object') return
  }
  throw new LoaderFault(`U-Boot did not end \`${command}\` when ^C was typed ${mostInterrupts} times.`)
}

function look({ heard, check, ended }: GoingCommand, text: string): Answer | undefined {
  check(text)
  heard.drop(turning)
  return ended(text)
}
