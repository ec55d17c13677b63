import { readFile, writeFile } from 'node:fs/promises'
import { LabError } from '../domain/errors.ts'
import { freePorts, isFreePort } from '../host/free-port.ts'
import { startDevServer, type DevServer, type DevServerPorts } from './dev-server.ts'
import { portsFile } from './service-file.ts'

/** The server takes five more ports for itself, any that are free: whoever takes one of them first makes it end. */
const mostStarts = 5

/**
 * Starts our own server on the ports of last time, else, when somebody took them meanwhile, on new ones, which are kept
 * for the next time.
 * @throws LabError what startDevServer throws, when it cannot be started at all.
 */
export async function startOwnServer(
  binary: string,
  state: string,
  namespace: string,
  choose: () => Promise<DevServerPorts> = choosePorts,
): Promise<DevServer> {
  const before = await readFile(portsFile(state), 'utf8').then(
    (text) => JSON.parse(text) as DevServerPorts,
    () => undefined,
  )
  // Asked first, because a stranger's Temporal server on that port would answer as well as ours.
  if (before && (await isFreePort(before.grpc)) && (await isFreePort(before.ui))) {
    const again = await startDevServer(binary, state, namespace, before).catch(() => undefined)
    if (again) return again
  }
  for (let starts = 1; ; starts++) {
    const ports = await choose()
    try {
      const started = await startDevServer(binary, state, namespace, ports)
      await writeFile(portsFile(state), JSON.stringify(ports))
      return started
    } catch (error) {
      if (!(error instanceof LabError && error.retryable) || starts === mostStarts) throw error
    }
  }
}

async function choosePorts(): Promise<DevServerPorts> {
  const [grpc, ui] = await freePorts(2)
  return { grpc: grpc!, ui: ui! }
}
