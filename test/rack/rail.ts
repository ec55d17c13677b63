import { chmod, writeFile } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { join } from 'node:path'
import { socketPath } from '../../host/unix-socket.ts'
import type { OutletCommands } from './outlets.ts'
import type { RackPart } from './part.ts'

/** What hangs on an outlet of a rail. */
export interface OnOutlet {
  readonly outlet: 'on' | 'off'
  set(to: 'on' | 'off'): Promise<void>
}

/** Outlets that switch boards of this process; daemons reach them by commands. */
export interface Rail extends RackPart, OutletCommands {
  /** What outlets say and do from now on; `lies` obeys nothing and says that it did. */
  behave(outlet: string, how: 'well' | 'refuses' | 'lies'): void
}

/** Starts a rail. @param folder where its socket and its script are made */
export async function startRail(folder: string, outlets: Record<string, OnOutlet>): Promise<Rail> {
  const socket = join(folder, 'rail.sock')
  const manners = new Map<string, 'well' | 'refuses' | 'lies'>()
  const claimed = new Map<string, string>()
  const answer = async (line: string): Promise<string> => {
    const [command, outlet = '', to] = line.split(' ')
    const board = outlets[outlet]
    if (!board || manners.get(outlet) === 'refuses') return 'no'
    if (command === 'state') return claimed.get(outlet) ?? board.outlet
    if (to !== 'on' && to !== 'off') return 'no'
    if (manners.get(outlet) === 'lies') claimed.set(outlet, to)
    else {
      claimed.delete(outlet)
      await board.set(to)
    }
    return 'ok'
  }
  const clients = new Set<Socket>()
  const server = createServer((client) => {
    clients.add(client.on('error', () => undefined).once('close', () => clients.delete(client)))
    createInterface({ input: client }).once('line', (line) => {
      void answer(line).then(
        (said) => client.end(`${said}\n`),
        () => client.end('no\n'),
      )
    })
  })
  server.listen(socketPath(folder, 'rail.sock'))
  await once(server, 'listening')
  const program = join(folder, 'rail.sh')
  await writeFile(
    program,
    `#!/bin/sh
# Tells the rail what it is told, and says what the rail says; its code is 0 when that obeyed.
answer=$(echo "$*" | socat -t 30 - "UNIX-CONNECT:${socket}") || exit 1
[ "$answer" = ok ] && exit 0
[ "$answer" = no ] && { echo 'the rail refuses' >&2; exit 1; }
echo "$answer"
`,
  )
  await chmod(program, 0o755)
  return {
    set: [program, 'set'],
    state: [program, 'state'],
    behave: (outlet, how) => {
      manners.set(outlet, how)
      if (how === 'well') claimed.delete(outlet)
    },
    async stop() {
      for (const client of clients) client.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await Promise.all(Object.values(outlets).map((board) => board.set('off')))
    },
  }
}
