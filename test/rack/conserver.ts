import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startGuarded, type GuardedProcess } from '../../host/guarded-process.ts'
import { killed, listening, type RackPart } from './part.ts'

/** A real conserver. */
export interface Conserver extends RackPart {
  process: GuardedProcess
}

/**
 * Starts Debian's conserver for some ttys, which must exist; resolves when it listens. Everybody of this machine may use all
 * of them, without a password. It takes the ports from `basePort` up for the consoles themselves.
 * @param consoles ttys by name
 */
export async function startConserver(
  folder: string,
  port: number,
  basePort: number,
  consoles: Record<string, string>,
): Promise<Conserver> {
  const file = join(folder, 'conserver.cf')
  await writeFile(file, configuration(port, basePort, consoles))
  await writeFile(join(folder, 'conserver.passwd'), '*any*:\n')
  const args = [
    '-C',
    file,
    '-p',
    String(port),
    '-b',
    String(basePort),
    '-M',
    '127.0.0.1',
    '-P',
    join(folder, 'conserver.passwd'),
  ]
  const conserver = startGuarded('/usr/sbin/conserver', args)
  await listening(conserver, [port], 'conserver')
  return {
    process: conserver,
    stop: async () => await killed(conserver, [port]),
  }
}

function configuration(port: number, basePort: number, consoles: Record<string, string>): string {
  const blocks = Object.entries(consoles).map(
    ([name, tty]) =>
      `console ${name} { type device; device ${tty}; baud 115200; parity none; options !ixon,!ixoff,!hupcl; }`,
  )
  return `config * {
  primaryport ${port};
  secondaryport ${basePort};
  sslrequired no;
  defaultaccess trusted;
  daemonmode no;
}
default * { master localhost; rw *; }
access * { trusted 127.0.0.1; }
${blocks.join('\n')}
`
}
