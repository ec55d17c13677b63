import { copyFile, rename } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { startGuarded, type GuardedProcess } from '../../../host/guarded-process.ts'
import { run } from '../../../host/run.ts'
import { sha256File } from '../../../host/sha256.ts'
import type { CommandEnd, HostCommand, HostLink } from '../../../targets/hosts/host-link.ts'

/** Runs a command on a terminal of its own, as sshd does, and ends with its code. */
const onTerminal = `
import os, pty, sys
code = os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:]))
sys.exit(code if code >= 0 else 128 - code)
`
// Our guard starts its command with SIGINT ignored, as shells do in the background; sshd does not.
const pythonOnTerminal = ['--default-signal=INT', '/usr/bin/python3', '-Ic', onTerminal]

/**
 * A stand-in for a link to another host: this one, with what ssh makes of a command. It has a terminal of its own, is in
 * another session, and hears a hang-up when the link is cut.
 */
export class LocalLink implements HostLink {
  readonly name = 'rack-1'
  /** Where each file was put. */
  readonly files = new Map<string, string>()
  readonly #commands = new Set<GuardedProcess>()

  async run(words: string[], signal: AbortSignal): Promise<CommandEnd> {
    const [command = '', ...args] = words
    return await run(command, args, { signal })
  }

  async start(words: string[], { terminal }: { terminal: boolean }): Promise<HostCommand> {
    if (!terminal) throw new Error('only with a terminal')
    const guarded = startGuarded('env', [...pythonOnTerminal, ...words])
    this.#commands.add(guarded)
    return {
      // A socket, which nothing is ever written to.
      stream: guarded.child.stdout as Socket,
      ended: guarded.ended.then(({ code }) => ({ code, stderr: '' })),
      kill: async () => {
        guarded.kill('SIGKILL')
        await guarded.ended
      },
    }
  }

  async connect(address: string, port: number, signal: AbortSignal): Promise<Duplex> {
    const socket = connect({ host: address, port, signal })
    await once(socket, 'connect')
    return socket
  }

  async put(from: string, to: string): Promise<string> {
    await copyFile(from, `${to}.part`)
    await rename(`${to}.part`, to)
    this.files.set(from, to)
    return await sha256File(to)
  }

  /** The connection breaks. */
  async close(): Promise<void> {
    for (const command of this.#commands) command.kill('SIGKILL')
    await Promise.all([...this.#commands].map(({ ended }) => ended))
  }
}
