import { copyFile } from 'node:fs/promises'
import { LabError } from '../../../../domain/errors.ts'
import { run } from '../../../../host/run.ts'
import { sha256File } from '../../../../host/sha256.ts'
import type { HostLink } from '../../../../targets/hosts/host-link.ts'

/** As much of a link to this machine as flashing needs. Every command it ran is kept. */
export function hereLink(): HostLink & { ran: string[][] } {
  const ran: string[][] = []
  const none = () => Promise.reject(new LabError('PlaceBroken', 'flashing needs no streams'))
  return {
    name: 'here',
    ran,
    async run(words, signal) {
      ran.push(words)
      const [command = '', ...args] = words
      return run(command, args, { signal })
    },
    async put(from, to) {
      ran.push(['put', from, to])
      await copyFile(from, to)
      return sha256File(to)
    },
    start: none,
    connect: none,
    close: async () => undefined,
  }
}
