import { randomBytes } from 'node:crypto'
import type { ConsoleSpec } from '../../../domain/lab/console-spec.ts'
import type { HostCommand, HostLink } from '../../hosts/host-link.ts'
import { attach, settleMs, type Way } from './attach.ts'
import { ConsoleFault, sentence, type ConsoleFaultKind } from './console-fault.ts'
import type { ConsoleLine, ConsoleSource } from './console-source.ts'
import { firstWords, textEnd } from './first-words.ts'

/**
 * Run by sh as `sh -c ... hyplab TTY SPEED MARK` on a terminal of its own, which is made raw before anything else: no byte is
 * then echoed, changed or taken for a signal, and the hang-up of a cut connection ends all of it. The tty is open, locked
 * and set before MARK is said, so what the board says from then on waits in the tty. A reader that ends takes the writer
 * with it. The echo goes first and by one program: what a board says as it starts, echoed, would stop its boot loader.
 * The errors of `stty` and of the shell go to the terminal before the mark; after it nothing but the tty speaks.
 */
const ttyScript = `
stty raw -echo -iexten || exit
[ -c "$1" ] || { echo "$1 is not there"; exit 19; }
stty -F "$1" -echo -hupcl || exit
exec 3<>"$1" || exit
if command -v flock >/dev/null; then flock -n 3 || { echo "$1 is in use: somebody holds its lock"; exit 16; }; fi
stty -F "$1" "$2" raw -echo -iexten cs8 -parenb -cstopb -crtscts clocal -hupcl || exit
printf '%s\\n' "$3"
exec 2>/dev/null
{ cat <&3; kill -s HUP $$; } &
exec cat >&3
`

/**
 * Run as `sh -c ... hyplab MARK COMMAND...`: a command whose standard input and output are a UART. It has no terminal, so
 * that its error output stays apart, so nothing but its input tells it that the connection was cut: when that ends, the whole
 * group ends. `setsid` of the host's sshd, or our own guard, gave it a group of its own.
 */
const commandScript = `
mark=$1
shift
printf '%s\\n' "$mark"
{ cat; kill -s TERM 0; } | { "$@"; echo "it ended with code $?" >&2; kill -s TERM 0; }
`

/** A shell and stty need milliseconds; a host in need may take seconds. */
const startMs = 20_000

/** A tty of another host. Its terminal on the way is made raw before reading begins. */
export function hostTtyConsole(spec: Extract<ConsoleSpec, { kind: 'ssh' }>, link: HostLink): ConsoleSource {
  const who = `the tty ${spec.tty} of ${link.name}`
  const words = (mark: string) => ['sh', '-c', ttyScript, 'hyplab', spec.tty, String(spec.speed), mark]
  return { open: async (signal) => await openOn(link, { who, words, terminal: true }, signal) }
}

/** A command of a host whose standard input and output are a UART, e.g. `ipmitool ... sol activate`. */
export function commandConsole(spec: Extract<ConsoleSpec, { kind: 'command' }>, link: HostLink): ConsoleSource {
  const who = `the console command ${spec.run.join(' ')} on ${link.name}`
  const words = (mark: string) => ['sh', '-c', commandScript, 'hyplab', mark, ...spec.run]
  return { open: async (signal) => await openOn(link, { who, words, terminal: false }, signal) }
}

interface Started {
  who: string
  words: (mark: string) => string[]
  terminal: boolean
}

async function openOn(link: HostLink, { who, words, terminal }: Started, signal: AbortSignal): Promise<ConsoleLine> {
  // A mark that nobody else says, be it a host's greeting or a board.
  const mark = `hyplab ${randomBytes(12).toString('hex')}`
  const command = await link.start(words(mark), { terminal }, signal)
  // It rejects when the host is lost; whoever asks is told.
  command.ended.catch(() => undefined)
  try {
    await awaitMark(command, `${mark}\n`, who, signal)
    // A tty has nothing more to say for itself after the mark; a command may have.
    return await attach(command.stream, wayOf(command, who, terminal ? 0 : settleMs), signal)
  } catch (error) {
    await command.kill()
    throw error
  }
}

function wayOf(command: HostCommand, who: string, settle: number): Way {
  return {
    who,
    settleMs: settle,
    decode: (chunk) => chunk,
    encode: (bytes) => bytes,
    whyEnded: async () => {
      const { code, stderr } = await endOf(command)
      // The shell has a word for its own end, too.
      const said = stderr.replace(/(it ended with code \d+)[^]*$/, '$1').trim()
      return said === '' ? `its code was ${code}` : said.split('\n').slice(-3).join(' | ')
    },
    release: async () => await command.kill(),
  }
}

/** How a command ended; a host that was lost under it says so in place of the command. */
async function endOf({ ended }: HostCommand): Promise<{ code: number | undefined; stderr: string }> {
  try {
    return await ended
  } catch (error) {
    return { code: undefined, stderr: (error as Error).message.replace(/\.$/, '') }
  }
}

/** Waits for the mark at the start of a command's output. @throws ConsoleFault with what the command said instead */
async function awaitMark(command: HostCommand, mark: string, who: string, signal: AbortSignal): Promise<void> {
  const late = AbortSignal.timeout(startMs)
  let said: string
  try {
    const { words, cut } = await firstWords(command.stream, textEnd(mark), AbortSignal.any([signal, late]))
    if (!cut) return
    const { code, stderr } = await endOf(command)
    said = `${words.toString('latin1')}\n${stderr}${code === undefined ? '' : `\nits code was ${code}`}`
  } catch (error) {
    if (!late.aborted || signal.aborted) throw error
    said = `nothing came of it within ${startMs / 1000} s`
  }
  const text = said.trim().replaceAll(/\s*\r?\n\s*/g, ' | ')
  throw new ConsoleFault(kindOfWords(text), `${sentence(who)} cannot be used: ${text}.`)
}

function kindOfWords(said: string): ConsoleFaultKind {
  if (/is not there|No such (file|device)|cannot open|Input\/output error/i.test(said)) return 'no-device'
  if (/in use|resource busy/i.test(said)) return 'in-use'
  return 'other'
}
