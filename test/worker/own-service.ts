import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, onTestFinished } from 'vitest'
import type { ServiceFacts } from '../../control/service-file.ts'
import { startHyplab } from '../e2e/command.ts'
import { awaited, processesOf } from '../e2e/processes.ts'
import { tempFolder } from '../host/temp-folder.ts'

export const temporal = /^\S*temporal server start-dev /
export const worker = /worker\/main\.ts/
const folders: string[] = []

/** A state folder whose service is ended with the test. */
export async function newState(): Promise<string> {
  const state = await tempFolder()
  folders.push(state)
  return state
}

/** Runs a command on a state folder to its end. */
export const hyplab = (state: string, ...args: string[]) => startHyplab(state, args).ended

/** Has the service started. */
export async function up(state: string): Promise<ServiceFacts> {
  const { code, stdout, stderr } = await hyplab(state, 'up', '--json')
  expect({ code, stderr }).toMatchObject({ code: 0 })
  return JSON.parse(stdout) as ServiceFacts
}

/** What the service says of itself. */
export async function status(state: string): Promise<ServiceFacts & { running: boolean }> {
  return JSON.parse((await hyplab(state, 'status', '--json')).stdout) as ServiceFacts & { running: boolean }
}

/** The worker that the service last found ready. */
export function readyWorker(state: string): number {
  return (JSON.parse(readFileSync(join(state, 'service.json'), 'utf8')) as ServiceFacts).worker.pid
}

/** Takes an address, `127.0.0.1:PORT`, until the test has finished. */
export async function occupy(address: string): Promise<void> {
  const stranger = createServer().listen(Number(address.split(':')[1]), '127.0.0.1')
  await once(stranger, 'listening')
  onTestFinished(() => void stranger.close())
}

/** Waits until nothing of the service is left. */
export async function gone(state: string): Promise<void> {
  await awaited('everything has gone', 60, () => (processesOf(state).length === 0 ? true : undefined))
}

// Also of a test that failed: nothing of the service may outlive it.
afterEach(async () => {
  for (const state of folders.splice(0)) {
    await hyplab(state, 'down')
    await gone(state)
  }
})
