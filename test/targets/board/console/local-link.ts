import { connect } from 'node:net'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { startGuarded } from '../../../../host/guarded-process.ts'
import { run } from '../../../../host/run.ts'
import type { HostCommand, HostLink } from '../../../../targets/hosts/host-link.ts'

/** Gives a command a terminal as sshd does: cooked, its own session, dead when the terminal hangs up. */
const onTerminal = 'import pty, sys; pty.spawn(sys.argv[1:])'

/** A stand-in for another host: a link to this machine that is as a link by ssh, no kinder. */
export function localLink(): HostLink {
  return {
    name: 'lab1',
    run: async ([command = '', ...args], signal) => await run(command, args, { signal }),
    start: (words, { terminal }) => Promise.resolve(start(terminal ? ['python3', '-c', onTerminal, ...words] : words)),
    connect: async (address, port, signal) => {
      const socket = connect({ host: address, port })
      await once(socket, 'connect', { signal })
      return socket
    },
    put: () => Promise.reject(new Error('consoles put no files')),
    close: () => Promise.resolve(),
  }
}

function start(words: string[]): HostCommand {
  const guarded = startGuarded('sh', ['-c', 'exec "$@" <&4 >&4 4<&-', 'sh', ...words], {
    channels: 1,
    env: process.env as Record<string, string>,
  })
  const [stream] = guarded.channels
  stream!.on('error', () => undefined)
  const stderr = text(guarded.child.stderr!)
  return {
    stream: stream!,
    ended: Promise.all([guarded.ended, stderr]).then(([{ code }, said]) => ({ code, stderr: said })),
    kill: async () => {
      guarded.kill('SIGKILL')
      await guarded.ended
      stream!.destroy()
    },
  }
}
