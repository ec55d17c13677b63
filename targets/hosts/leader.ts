import type { Readable } from 'node:stream'

/**
 * A shell that says its process id and becomes the command when it is told to. It leads its session and process group, so
 * that whoever knows the number can end it with all that it starts. When the one who started it goes away before it was
 * told to go on, its `read` ends and with it the shell. `read` takes no byte behind its line (XCU read): the rest is the
 * command's.
 */
const leader = 'echo "$1 $$" >&2; read -r go || exit 125; shift; LC_ALL=C; export LC_ALL; exec "$@"'

/** What the leader waits for. */
export const goOn = 'go\n'

/**
 * The words of a leader.
 * @param nonce is said before its process id, on standard error
 * @param first shell commands to run before, ending in `;`
 */
export function leaderWords(nonce: string, words: string[], first = ''): string[] {
  return ['sh', '-c', `${first}${leader}`, 'sh', nonce, ...words]
}

/**
 * Awaits the leader's first line; what came behind it stays in the stream.
 * @returns the leader's process id; undefined when the stream ended without one, with what it held instead
 */
export async function readLeader(stream: Readable, nonce: string): Promise<{ pid?: number; said: string }> {
  const line = new RegExp(`${nonce} (\\d+)\\r?\\n`)
  let said = Buffer.alloc(0)
  let over = false
  for (;;) {
    const bytes = stream.read() as Buffer | null
    if (bytes === null) {
      if (over) return { said: said.toString('utf8').trim() }
      over = await moreOrOver(stream)
      continue
    }
    said = Buffer.concat([said, bytes])
    // Latin-1, so that a character is a byte.
    const found = line.exec(said.toString('latin1'))
    if (!found) continue
    const rest = said.subarray(found.index + found[0].length)
    if (rest.length > 0) stream.unshift(rest)
    return { pid: Number(found[1]), said: '' }
  }
}

/** @returns false when there may be more to read, true when the stream has ended */
async function moreOrOver(stream: Readable): Promise<boolean> {
  return await new Promise((resolve) => {
    const settle = (over: boolean) => (): void => {
      for (const [event, listener] of listeners) stream.off(event, listener)
      resolve(over)
    }
    const listeners = [
      ['readable', settle(false)],
      ['end', settle(true)],
      ['close', settle(true)],
    ] as const
    for (const [event, listener] of listeners) stream.on(event, listener)
  })
}
