import type { LabHost } from '../../domain/lab/inventory.ts'
import { LabError } from '../../domain/errors.ts'
import { hereLink } from './here-link.ts'
import type { HostLink } from './host-link.ts'
import { sshLink } from './ssh-link.ts'

/** The hosts of a lab as we work on them, one link each. */
export interface HostLinks {
  /** @throws LabError PlaceBroken for a host that the lab does not have, or that is reached through itself */
  link(name: string): HostLink
  /** Ends everything that was started by them, on every host. */
  close(): Promise<void>
}

/** Links to the hosts of a lab; none is reached for before it is used. */
export function linkHosts(hosts: Record<string, LabHost>): HostLinks {
  const links = new Map<string, HostLink>()
  const link = (name: string, from: string[] = []): HostLink => {
    const made = links.get(name)
    if (made) return made
    const host = hosts[name]
    if (!host) throw new LabError('PlaceBroken', `The lab has no host ${name}.`)
    if (from.includes(name))
      throw new LabError(
        'PlaceBroken',
        `Host ${name} (${host.at}) is to be reached through itself: ${from.join(', ')}.`,
      )
    const { ssh } = host
    const jump = ssh?.jump === undefined ? undefined : link(ssh.jump, [...from, name])
    const opened = ssh === undefined ? hereLink() : sshLink({ ...host, ssh }, jump)
    links.set(name, opened)
    return opened
  }
  return {
    link: (name) => link(name),
    async close() {
      // Those behind others first, so that each can say its farewell.
      for (const opened of [...links.values()].reverse()) await opened.close()
    },
  }
}
