import { closeSync, openSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { makeStateFolder } from '../host/folders.ts'
import { tryLock, type Lock } from '../host/lock.ts'
import { listens } from '../control/control-socket.ts'
import { controlSocket, ownerLock } from '../control/service-file.ts'

/**
 * Makes this process the only service of a state folder until it ends: it has the lock that lies in the folder, so that
 * the folder has one owner also under a second name, e.g. a bind mount.
 * @param note is told when the folder was open to others.
 * @returns undefined when another service has it and listens. One that has it and does not listen is starting or ending:
 * then we wait for what comes of that.
 * @throws what makeStateFolder and tryLock throw.
 */
export async function ownStateFolder(stateFolder: string, note: (sentence: string) => void): Promise<Lock | undefined> {
  const opened = makeStateFolder(stateFolder)
  if (opened !== undefined) note(opened)
  await mkdir(join(stateFolder, 'logs'), { recursive: true, mode: 0o700 })
  closeSync(openSync(ownerLock(stateFolder), 'a', 0o600))
  for (;;) {
    const lock = await tryLock(ownerLock(stateFolder))
    if (lock) return lock
    if (await listens(controlSocket(stateFolder))) return undefined
    // There is no event for a socket that somebody is about to open.
    await delay(20)
  }
}
