import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'

/**
 * Boots by the command of `hyplab reproduce`, as a person would, and returns the seconds from the start of the shell to
 * QEMU's exit. To make it a twin of what hyplab boots, the machine gets the same record channel in addition, and this
 * function says `DONE` on it when init has said its end: alone, init would wait 20 s for somebody to answer. Nothing else
 * happens to what the machine says: uart0 goes into a file by the shell's descriptor, uart1 by QEMU itself.
 * @param command as `hyplab reproduce` prints it
 * @param folder where the consoles are written; they are overwritten
 * @throws Error when the boot did not come to its end: then its time says nothing
 */
export async function rawBoot(command: string, folder: string): Promise<number> {
  const uart0 = join(folder, 'uart0.log')
  const output = openSync(uart0, 'w')
  const start = performance.now()
  const qemu = spawn('/bin/sh', ['-c', `exec ${command} ${recordChannel}`], {
    cwd: folder,
    stdio: ['ignore', output, output, 'pipe'],
  })
  closeSync(output)
  let answered = false
  answerEnd(qemu.stdio[3] as Socket, () => (answered = true))
  const [code] = (await once(qemu, 'exit')) as [number | null]
  const seconds = (performance.now() - start) / 1000
  const said = await readFile(uart0, 'latin1')
  if (code !== 0 || !answered || !said.includes('reboot: Power down'))
    throw new Error(`The raw boot did not come to its end (code ${code}); it said:\n${said.slice(-1000)}`)
  return seconds
}

/** The port that our init looks for, on the socket that QEMU inherits as fd 3. */
const recordChannel = [
  '-chardev socket,id=records,fd=3',
  '-device virtio-serial-device',
  '-device virtserialport,chardev=records,name=hyplab.records',
].join(' ')

function answerEnd(channel: Socket, answered: () => void): void {
  let last = ''
  channel.on('data', (bytes: Buffer) => {
    last = (last + bytes.toString('latin1')).slice(-100)
    if (!/\{"fact":"end",[^\n]*\n$/.test(last)) return
    channel.write('DONE\n')
    answered()
  })
  channel.on('error', () => undefined)
}
