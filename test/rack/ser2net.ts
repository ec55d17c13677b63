import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { startGuarded, type GuardedProcess } from '../../host/guarded-process.ts'
import { killed, listening, type RackPart } from './part.ts'

/** One UART that ser2net serves. */
export interface ServedUart {
  port: number
  /** A tty's path, which need not exist; or a whole `connector` of ser2net when it has a comma. */
  tty: string
  protocol: 'raw' | 'telnet'
  /** Seconds of silence after which the reader is cut off. */
  timeout?: number
  /**
   * Whether each byte goes out at once. By default ser2net 4.3 waits with what a board says until the reader's kernel has
   * acknowledged what came before, which Linux does after 40 ms.
   */
  nodelay?: boolean
  /** ser2net.yaml(5), "options" of a connection. */
  options?: Record<string, string | number | boolean>
}

/** A real ser2net. */
export interface Ser2net extends RackPart {
  process: GuardedProcess
}

/** Starts Debian's ser2net for some UARTs, on ports of 127.0.0.1; resolves when it listens on all of them. */
export async function startSer2net(folder: string, uarts: ServedUart[]): Promise<Ser2net> {
  const file = join(folder, 'ser2net.yaml')
  // `connection:` once for each UART, so no map could hold them; its anchor is the connection's name.
  const connections = uarts.map(
    (uart, number) =>
      `connection: &uart${number}\n${stringify(connectionOf(uart)).replaceAll(/^/gm, '  ').trimEnd()}\n`,
  )
  await writeFile(file, `%YAML 1.1\n---\n${connections.join('')}`)
  const ser2net = startGuarded('/usr/sbin/ser2net', ['-n', '-c', file, '-P', join(folder, 'ser2net.pid')])
  const ports = uarts.map(({ port }) => port)
  await listening(ser2net, ports, 'ser2net')
  return {
    process: ser2net,
    stop: async () => await killed(ser2net, ports),
  }
}

function connectionOf({ port, tty, protocol, timeout, nodelay, options }: ServedUart): object {
  // Without lock files in /var/lock, which a killed ser2net leaves behind; no other program shares these ttys.
  const serial = `serialdev(nouucplock=true),${tty},115200n81,local`
  const telnet = protocol === 'telnet' ? 'telnet(rfc2217,mode=server),' : ''
  return {
    accepter: `${telnet}tcp${nodelay === true ? '(nodelay)' : ''},127.0.0.1,${port}`,
    connector: tty.includes(',') ? tty : serial,
    ...(timeout === undefined ? {} : { timeout }),
    ...(options === undefined ? {} : { options }),
  }
}
