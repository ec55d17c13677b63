import { readFile, rm } from 'node:fs/promises'
import { z } from 'zod'
import { freePorts } from '../host/free-port.ts'
import { replaceFile } from '../host/whole-file.ts'
import type { DevServerPorts } from './dev-server.ts'
import { portsFile } from '../control/service-file.ts'

const port = z.number().int().min(1).max(65_535)
const schema = z.object({ grpc: port, ui: port })

/**
 * The ports that the state folder's server had before.
 * @param note is told when the file is damaged; then it is as if there were none.
 */
export async function portsBefore(
  state: string,
  note: (sentence: string) => void,
): Promise<DevServerPorts | undefined> {
  const text = await readFile(portsFile(state), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    note(`${portsFile(state)} was damaged; the Temporal server gets new ports.`)
    await rm(portsFile(state), { force: true })
    return undefined
  }
}

/** Keeps them for the next time. */
export async function keepPorts(state: string, ports: DevServerPorts): Promise<void> {
  await replaceFile(portsFile(state), JSON.stringify(ports) + '\n')
}

/** Two that are free now. */
export async function choosePorts(): Promise<DevServerPorts> {
  const [grpc, ui] = await freePorts(2)
  return { grpc: grpc!, ui: ui! }
}
