import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { socketPath } from '../host/unix-socket.ts'
import { replaceFile } from '../host/whole-file.ts'

/** What a running service says about itself in `<state>/service.json`. */
export interface ServiceFacts {
  pid: number
  /** `127.0.0.1:PORT` of the Temporal frontend. */
  address: string
  namespace: string
  /** Where the server's own web UI is, when the server is ours and has one. */
  ui?: string
  /**
   * Which Temporal server: ours (with the binary's path and where that came from) or a configured one. `open` says why every
   * user of this host can command ours, where that is so.
   */
  server: { kind: 'own'; binary: string; from: string; open?: string } | { kind: 'configured' }
  /** `trouble` says why it does not start again, for as long as it does not. */
  worker: { pid: number; trouble?: string }
  /** Epoch ms. */
  started: number
  /** `until-down`: started by `hyplab up`; `while-used`: ends with the last command that uses it. */
  life: 'until-down' | 'while-used'
}

const file = (stateFolder: string): string => join(stateFolder, 'service.json')

export async function writeServiceFacts(stateFolder: string, facts: ServiceFacts): Promise<void> {
  await replaceFile(file(stateFolder), JSON.stringify(facts, null, 2) + '\n')
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
 * The control socket of a state folder's service, by a path that fits into a socket's address. It lies in the state folder,
 * which nobody else can enter, and so is found wherever the folder is, whatever XDG_RUNTIME_DIR says in one session and not
 * in the next.
 */
export function controlSocket(stateFolder: string): string {
  return socketPath(stateFolder, 'control.sock')
}

/** Locked by the service for as long as it lives: who has it owns the state folder, by whatever name he came. */
export const ownerLock = (stateFolder: string): string => join(stateFolder, 'service.lock')
