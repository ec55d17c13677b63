import type { Duplex } from 'node:stream'
import { LabError } from '../../../domain/errors.ts'
import { startGuarded } from '../../../host/guarded-process.ts'
import { describeFile } from '../flash/describe-file.ts'
import type { LoaderOffer, LoadFile } from '../flash/flash.ts'

/** Files of this host that are to be loaded over the console itself. */
export interface ConsoleFiles {
  image: string
  initrd: string
}

/**
 * The way to a kernel on a board that has no network and no medium: U-Boot's `loady`, slow (10 KB/s at 115200 baud) and
 * proven as every other load. YMODEM and not XMODEM, which takes an image's own last 0x1a bytes for padding.
 * @throws LabError NotFound when a file cannot be read; the signal's reason when aborted
 */
export async function consoleOffer({ image, initrd }: ConsoleFiles, signal: AbortSignal): Promise<LoaderOffer> {
  const file = async (name: LoadFile['name'], path: string): Promise<LoadFile> => {
    return { name, command: 'loady {address}', ...(await describeFile(path, signal)) }
  }
  return { prepare: [], kernel: await file('kernel', image), initrd: await file('initrd', initrd) }
}

/**
 * Sends a file to a board that waits for YMODEM, by lrzsz's `sb`, while others go on reading the same console.
 * @param console the board's bytes, both ways, with nothing between that would change one
 * @param silence seconds without a byte from the board after which it is given up
 * @throws LabError PlaceBroken with the words of `sb`; the signal's reason when aborted
 */
export async function sendYmodem(path: string, console: Duplex, silence: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const script = 'exec sb --binary --1k --quiet -- "$1" <&4 >&4'
  const guarded = startGuarded('sh', ['-c', script, 'sh', path], { channels: 1 })
  const [sender] = guarded.channels
  if (!sender) throw broken('this host has no process or file to spare')
  let isSilent = false
  const giveUp = setTimeout(() => {
    isSilent = true
    guarded.kill('SIGKILL')
  }, silence * 1000)
  const abort = (): void => guarded.kill('SIGKILL')
  const toSender = (chunk: Buffer): void => {
    giveUp.refresh()
    sender.write(chunk)
  }
  let said = ''
  guarded.child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('latin1')))
  guarded.child.stdout?.resume()
  sender.on('error', () => undefined)
  sender.on('data', (chunk: Buffer) => void console.write(chunk))
  console.on('data', toSender)
  signal.addEventListener('abort', abort, { once: true })
  try {
    const { code } = await guarded.ended
    signal.throwIfAborted()
    if (isSilent) throw broken(`the board said nothing for ${silence} s`)
    if (code === 127) throw broken('this host has no command sb: install lrzsz')
    if (code !== 0)
      throw broken(`sb ended with code ${code} and said "${said.trim().split('\n').slice(-2).join(' / ')}"`)
  } finally {
    clearTimeout(giveUp)
    console.off('data', toSender)
    signal.removeEventListener('abort', abort)
  }
}

function broken(why: string): LabError {
  return new LabError('PlaceBroken', `A file could not be sent over the console: ${why}.`, { retryable: true })
}
