import { createHash } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** What a running service says about itself in `<state>/service.json`. */
export interface ServiceFacts {
  pid: number
  /** `127.0.0.1:PORT` of the Temporal frontend. */
  address: string
  namespace: string
  /** Where the server's own web UI is, when the server is ours. */
  ui?: string
  /** Which Temporal server: ours (with the binary's path and where that came from) or a configured one. */
  server: { kind: 'own'; binary: string; from: string } | { kind: 'configured' }
  worker: { pid: number }
  /** Epoch ms. */
  started: number
  /** `until-down`: started by `hyplab up`; `while-used`: ends with the last command that uses it. */
  life: 'until-down' | 'while-used'
}

const file = (stateFolder: string): string => join(stateFolder, 'service.json')

export async function writeServiceFacts(stateFolder: string, facts: ServiceFacts): Promise<void> {
  const part = `${file(stateFolder)}.${process.pid}.part`
  await writeFile(part, JSON.stringify(facts, null, 2) + '\n')
  await rename(part, file(stateFolder))
}

/** The facts as last written; whether that service still runs, only its control socket can say. */
export async function readServiceFacts(stateFolder: string): Promise<ServiceFacts | undefined> {
  try {
    return JSON.parse(await readFile(file(stateFolder), 'utf8')) as ServiceFacts
  } catch {
    return undefined
  }
}

export async function removeServiceFacts(stateFolder: string): Promise<void> {
  await rm(file(stateFolder), { force: true })
}

/** The ports that the state folder's server used before, so that a restart keeps them. */
export const portsFile = (stateFolder: string): string => join(stateFolder, 'ports.json')

/**
 * The control socket of a state folder's service. Not in the state folder: a unix socket's path ends at 107 bytes.
 * Linux' abstract namespace leaves no file behind, however the service dies.
 */
export function controlSocket(stateFolder: string): string {
  const name = createHash('sha256').update(stateFolder).digest('hex').slice(0, 16)
  return process.platform === 'linux'
    ? `\0hyplab-${userInfo().uid}-${name}`
    : join(tmpdir(), `hyplab-${userInfo().uid}-${name}.sock`)
}
