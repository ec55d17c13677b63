import type { ClientChannel } from 'ssh2'
import { quoteWords } from './quote-words.ts'

/**
 * A shell on the far host that knows the process groups which we started there. When our connection ends, however it
 * ends, its standard input does too, and it kills them all: sshd itself sends no signal to a command without a terminal,
 * and one with a terminal may ignore the hang-up.
 */
const script = [
  'held=" "; while read -r what pid; do case $what in',
  'hold) held="$held$pid ";;',
  // A number that is not held any more may be a stranger's by now.
  'drop) case $held in *" $pid "*) kill -s KILL -- "-$pid" 2>/dev/null; held="${held%% $pid *} ${held#* $pid }";; esac;;',
  'esac; echo "$what $pid"; done;',
  'for pid in $held; do kill -s KILL -- "-$pid" 2>/dev/null; done',
].join(' ')

/** The line for a login shell that starts a warden. */
export const wardenLine = `exec ${quoteWords(['sh', '-c', script])}`

/** Our side of a warden. */
export interface Warden {
  /** Resolves when the group will be killed if the connection ends. */
  hold(pid: number): Promise<void>
  /** Kills what is left of the group. Resolves when that was done, or when the warden has gone and does it anyway. */
  drop(pid: number): Promise<void>
}

/** Speaks to the warden that runs on a channel. */
export function wardenOn(channel: ClientChannel): Warden {
  // It answers in the order in which it was told.
  const waiting: (() => void)[] = []
  let gone = false
  let text = ''
  channel.on('data', (chunk: Buffer) => {
    const lines = (text + chunk.toString('latin1')).split('\n')
    text = lines.pop() ?? ''
    // A login shell may have said something before.
    for (const line of lines) if (/^(hold|drop) \d+$/.test(line)) waiting.shift()?.()
  })
  channel.stderr.resume()
  channel.on('error', () => undefined)
  channel.once('close', () => {
    gone = true
    for (const resolve of waiting.splice(0)) resolve()
  })
  const tell = async (what: string, pid: number): Promise<void> => {
    if (gone) return
    await new Promise<void>((resolve) => {
      waiting.push(resolve)
      channel.write(`${what} ${pid}\n`)
    })
  }
  return { hold: (pid) => tell('hold', pid), drop: (pid) => tell('drop', pid) }
}
