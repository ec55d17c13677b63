import { existsSync, watch } from 'node:fs'
import { dirname } from 'node:path'
import { here } from '../../../domain/lab/file/check.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { mustRun } from './on-host.ts'

/**
 * Waits until something is at a path of a host; a link that leads nowhere is nothing. This machine tells when its folders
 * change; no host does that by ssh with what every host has, so that it looks itself.
 * @throws the signal's reason when aborted; LabError PlaceBroken when the host is lost
 */
export async function awaitPath(host: HostLink, path: string, signal: AbortSignal): Promise<void> {
  if (host.name === here) return await awaitHere(path, signal)
  const script = 'until [ -e "$1" ]; do sleep 0.2; done'
  await mustRun(host, ['sh', '-c', script, 'sh', path], `wait for ${path}`, signal)
}

async function awaitHere(path: string, signal: AbortSignal): Promise<void> {
  while (!existsSync(path)) {
    signal.throwIfAborted()
    const folder = nearestFolder(path)
    const changed = Promise.withResolvers<void>()
    const abort = (): void => changed.reject(signal.reason as Error)
    const watcher = watch(folder, () => changed.resolve())
    watcher.on('error', () => changed.resolve())
    signal.addEventListener('abort', abort, { once: true })
    try {
      // What changed before the watch began nobody tells of.
      if (!existsSync(path) && nearestFolder(path) === folder) await changed.promise
    } finally {
      signal.removeEventListener('abort', abort)
      watcher.close()
    }
  }
}

/** The nearest folder above that is there: /dev/disk/by-id itself comes with its first medium. */
function nearestFolder(path: string): string {
  const folder = dirname(path)
  return folder === path || existsSync(folder) ? folder : nearestFolder(folder)
}
