import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expectNothingLeft } from './leftovers.ts'

/**
 * A state folder to be copied, in which something was built and nothing runs. Each copy is another lab.
 * @param state where it is to be; nothing happens when it is there
 * @param make builds on the state folder that it is given
 */
export async function makeState(state: string, make: (state: string) => Promise<void>): Promise<void> {
  if (existsSync(state)) return
  const part = `${state}.part`
  await rm(part, { recursive: true, force: true })
  await mkdir(part, { recursive: true })
  try {
    await make(part)
    await expectNothingLeft(part)
  } catch (error) {
    await rm(part, { recursive: true, force: true })
    throw error
  }
  // A copy is another lab: it gets an id, ports and a Temporal server of its own. Sockets cannot be copied.
  const own = ['lab-id', 'host-id', 'ports.json', 'temporal.db', 'temporal.db-shm', 'temporal.db-wal', 'logs']
  const sockets = (await readdir(part)).filter((name) => name.endsWith('.sock'))
  for (const name of [...own, ...sockets]) await rm(join(part, name), { recursive: true, force: true })
  await rename(part, state)
}
