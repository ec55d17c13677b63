import { LabError } from '../domain/errors.ts'
import { isFreePort } from '../host/free-port.ts'
import { ownNetwork, type OwnNetwork } from '../host/own-network.ts'
import {
  innerSockets,
  startDevServer,
  type DevServer,
  type DevServerPorts,
  type DevServerSettings,
} from './dev-server.ts'
import { openDoor, type Door } from './door.ts'
import { choosePorts, keepPorts, portsBefore } from './ports.ts'

/**
 * Somebody may take a port before we do; and a server in the host's network takes five more for itself, any that are free:
 * whoever takes one of them first makes it end.
 */
const mostStarts = 5

export type OwnServerSettings = Pick<DevServerSettings, 'binary' | 'state' | 'namespace' | 'ui'> & {
  /** Told of what the admin should know. */
  note: (sentence: string) => void
  /** How ports are found, and what network the server gets; as the host has it unless given. */
  choose?: () => Promise<DevServerPorts>
  network?: OwnNetwork
}

/** Our own Temporal server, which can be started again on the same ports when it dies. */
export interface OwnServer {
  ports: DevServerPorts
  /** Why every user of this host can command it; absent when only this user and root can. */
  open?: string
  /** Resolves when the process that runs now has ended. */
  ended(): Promise<unknown>
  /** @throws what startDevServer throws. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts our own server on the ports of last time, else, when somebody has them now, on new ones, which are kept for the
 * next time. It gets a network of its own, to which doors lead that only this user and root can pass; where the host gives
 * none, it listens for everybody on 127.0.0.1, and says so.
 * @throws LabError what startDevServer throws, when it cannot be started at all.
 */
export async function startOwnServer(settings: OwnServerSettings): Promise<OwnServer> {
  const { state, note, choose = choosePorts } = settings
  const [network, before] = await Promise.all([settings.network ?? ownNetwork(), portsBefore(state, note)])
  if ('refused' in network)
    note(`every user of this host can command the Temporal server, because ${network.refused}: see docs/security.md`)
  const start = 'refused' in network ? startOpen(settings, network.refused) : startShut(settings, network.through)
  if (before) {
    const again = await start(before).catch(() => undefined)
    if (again) return again
  }
  for (let starts = 1; ; starts++) {
    const ports = await choose()
    try {
      const started = await start(ports)
      await keepPorts(state, ports)
      return started
    } catch (error) {
      if (!isTaken(error) || starts === mostStarts) throw error
    }
  }
}

type Start = (ports: DevServerPorts) => Promise<OwnServer>

function startShut(settings: OwnServerSettings, through: string[]): Start {
  return async (ports) => {
    const doors = await openDoors(settings, ports)
    const close = () => doors.forEach((door) => door.close())
    try {
      return await supervised({ ...settings, ports, through }, close)
    } catch (error) {
      close()
      throw error
    }
  }
}

async function openDoors({ state, ui, note }: OwnServerSettings, ports: DevServerPorts): Promise<Door[]> {
  const grpc = await openDoor(ports.grpc, state, innerSockets.grpc, note)
  try {
    return ui ? [grpc, await openDoor(ports.ui, state, innerSockets.ui, note)] : [grpc]
  } catch (error) {
    grpc.close()
    throw error
  }
}

function startOpen(settings: OwnServerSettings, why: string): Start {
  return async (ports) => {
    // Asked first, because a stranger's Temporal server on that port would answer as well as ours.
    for (const port of settings.ui ? [ports.grpc, ports.ui] : [ports.grpc])
      if (!(await isFreePort(port)))
        throw new LabError('ServerUnreachable', `Somebody has port ${port} of 127.0.0.1.`, { retryable: true })
    return { ...(await supervised({ ...settings, ports }, () => {})), open: why }
  }
}

async function supervised(settings: DevServerSettings, atEnd: () => void): Promise<OwnServer> {
  let current: DevServer = await startDevServer(settings)
  return {
    ports: settings.ports,
    ended: () => current.process.ended,
    restart: async () => {
      current = await startDevServer(settings)
    },
    stop: async () => {
      await current.stop()
      atEnd()
    },
  }
}

function isTaken(error: unknown): boolean {
  if (error instanceof LabError) return error.retryable
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
}
