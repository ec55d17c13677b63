/**
 * A boot of the rack's board by a script of one's own: no lease, no store, no verdict, no care for a wire that loses anything.
 * Argument: a file with a `BoardBoot`. Prints when the kernel first spoke and when the board was off again, as JSON. It ends with 1 when the boot did not come
 * to its end: then its time says nothing.
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import snmp from 'net-snmp'
import { bootSteps, scriptFiles, type BoardBoot } from './board-boot.ts'

/** Silence of a console after which the script gives up, milliseconds. */
const patienceMs = 30_000

/** A console: all that was read, as text, and the text that nobody has waited for yet. */
class Console {
  readonly #socket: Socket
  readonly #read: Buffer[] = []
  #text = ''
  #wake: () => void = () => undefined

  constructor(port: number, telnet: boolean) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let rest = Buffer.alloc(0)
    this.#socket.on('data', (chunk: Buffer) => {
      let bytes = chunk
      if (telnet)
        ({ bytes, rest } = withoutTelnet(Buffer.concat([rest, chunk]), (answer) => this.#socket.write(answer)))
      this.#read.push(bytes)
      this.#text += bytes.toString('latin1')
      this.#wake()
    })
  }

  async open(): Promise<void> {
    await once(this.#socket, 'connect')
  }

  type(text: string): void {
    this.#socket.write(text)
  }

  /** Waits for a text; what came up to its end is returned and forgotten. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.#text)
      if (found) {
        const end = found.index + found[0].length
        const said = this.#text.slice(0, end)
        this.#text = this.#text.slice(end)
        return said
      }
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve
        timer = setTimeout(() => reject(new Error(`no ${pattern} in ${this.#text.slice(-500)}`)), patienceMs)
      }).finally(() => clearTimeout(timer))
    }
  }

  /** Types a command to U-Boot and waits for its code. */
  async command(command: string): Promise<string> {
    this.type(`${command}; echo RC''=$?\r`)
    const said = await this.until(/RC=\d+\r?\n=> /)
    if (!said.includes('RC=0')) throw new Error(`${command} failed: ${said}`)
    return said
  }

  async keep(path: string): Promise<void> {
    this.#socket.destroy()
    await writeFile(path, Buffer.concat(this.#read))
  }
}

const [IAC, SB, SE] = [255, 250, 240]

/** Takes telnet out of bytes: says yes to what ser2net wants for a binary line, and no to nothing. */
function withoutTelnet(
  bytes: Buffer,
  say: (answer: Buffer) => void,
): { bytes: Buffer<ArrayBuffer>; rest: Buffer<ArrayBuffer> } {
  const data: number[] = []
  const rest = (from: number) => ({ bytes: Buffer.from(data), rest: Buffer.from(bytes.subarray(from)) })
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== IAC) {
      data.push(bytes[at]!)
      continue
    }
    const [verb, option] = [bytes[at + 1], bytes[at + 2]]
    if (verb === undefined) return rest(at)
    if (verb === IAC) {
      data.push(IAC)
      at += 1
    } else if (verb === SB) {
      const end = bytes.indexOf(Buffer.of(IAC, SE), at)
      if (end < 0) return rest(at)
      at = end + 1
    } else {
      if (option === undefined) return rest(at)
      // WILL is answered by DO, DO by WILL.
      if (verb === 251 || verb === 253) say(Buffer.of(IAC, verb === 251 ? 253 : 251, option))
      at += 2
    }
  }
  return rest(bytes.length)
}

const now = (): number => performance.timeOrigin + performance.now()
const boot = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as BoardBoot
const session = snmp.createSession('127.0.0.1', boot.snmp.community, {
  port: boot.snmp.port,
  version: snmp.Version1,
  retries: 0,
})
const oid = `1.3.6.1.4.1.318.1.1.4.4.2.1.3.${boot.snmp.outlet}`
const [set, get] = [promisify(session.set.bind(session)), promisify(session.get.bind(session))]

async function power(to: 'on' | 'off'): Promise<void> {
  const value = to === 'on' ? 1 : 2
  await set([{ oid, type: snmp.ObjectType.Integer, value }])
  const read = ((await get([oid])) as snmp.Varbind[])[0]?.value
  if (read !== value) throw new Error(`the outlet says ${String(read)} after it was told ${to}`)
}

await power('off')
const { folder, files } = scriptFiles(boot)
await mkdir(folder, { recursive: true })
for (const [name, path] of Object.entries(files)) await copyFile(path, join(folder, name))
const [normal, secure] = [new Console(boot.consoles.normal, true), new Console(boot.consoles.secure, false)]
await Promise.all([normal.open(), secure.open()])
// Until ser2net has opened the tty what the board says is lost.
await new Promise((resolve) => setTimeout(resolve, 50))
const booted = (async () => {
  await normal.until(/Hit any key to stop autoboot/)
  normal.type(' ')
  await normal.until(/=> $/)
  const { commands, start } = bootSteps(boot)
  for (const { command, says } of commands)
    if (!(await normal.command(command)).includes(says)) throw new Error(`${command} did not say ${says}`)
  normal.type(`${start}\r`)
  await normal.until(/Booting Linux/)
  const kernel = now()
  await normal.until(/\{"fact":"end",[^\n]*\n/)
  normal.type('DONE\n')
  await normal.until(/reboot: Power down/)
  return kernel
})()
booted.catch(() => undefined)
let kernel: number
try {
  await power('on')
  kernel = await booted
} finally {
  await power('off')
}
const end = now()
session.close()
await Promise.all([normal.keep(join(boot.folder, 'uart0')), secure.keep(join(boot.folder, 'uart1'))])
process.stdout.write(`${JSON.stringify({ kernel, end })}\n`)
