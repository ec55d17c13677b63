import { constants, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'

/** sockaddr_un of Linux has 108 bytes for a path and the zero behind it, unix(7). */
const longest = 107

const entered = new Map<string, number>()

/**
 * A path by which this process can bind or reach the Unix socket `name` of a folder. Where the folder's
 * own path is too long for a socket, it leads through a descriptor of the folder, which stays open.
 * @throws the system's error when the folder cannot be entered.
 */
export function socketPath(folder: string, name: string): string {
  const path = join(folder, name)
  if (Buffer.byteLength(path) <= longest) return path
  // Nobody listens in a folder that is not there; who asks for it hears so when he connects.
  if (!existsSync(folder)) return path
  const descriptor = entered.get(folder) ?? openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  entered.set(folder, descriptor)
  return `/proc/${process.pid}/fd/${descriptor}/${name}`
}
