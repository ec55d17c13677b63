import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startDaemon, type Daemon } from './daemon.ts'
import type { OutletCommands } from './outlets.ts'

export interface PdudaemonOptions {
  folder: string
  /** TCP, on 127.0.0.1. */
  port: number
  /** What the outlets of each PDU do, by the PDU's name. */
  pdus: Record<string, OutletCommands>
}

/** Starts pdudaemon with its HTTP listener and PDUs whose outlets are commands (its driver localcmdline). */
export async function startPdudaemon({ folder, port, pdus }: PdudaemonOptions): Promise<Daemon> {
  await mkdir(folder, { recursive: true })
  const config = join(folder, 'pdudaemon.conf')
  const command = (set: string[], to: string): string => `${set.join(' ')} %s ${to}`
  const entries = Object.entries(pdus).map(([name, { set }]) => [
    name,
    { driver: 'localcmdline', cmd_on: command(set, 'on'), cmd_off: command(set, 'off') },
  ])
  await writeFile(
    config,
    JSON.stringify({
      daemon: { hostname: '127.0.0.1', port, logging_level: 'INFO', listener: 'http' },
      pdus: Object.fromEntries(entries) as Record<string, unknown>,
    }),
  )
  return await startDaemon('/usr/sbin/pdudaemon', [`--conf=${config}`], /Listening on/)
}
