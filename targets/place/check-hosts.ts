import { LabError } from '../../domain/errors.ts'
import type { LabHost, SshAccess } from '../../domain/lab/inventory.ts'
import type { HostLinks } from '../hosts/host-links.ts'
import { NotTried, tryLine, type Checked } from './check-line.ts'

/** Which hosts of a lab were reached, for the lines that need one. */
export interface ReachedHosts {
  /** Resolves when a host is known to be reached, at once for one that is always there. @throws NotTried when it was not */
  need(host: string | undefined): Promise<void>
  /** When all have been tried. */
  done: Promise<void>
}

/**
 * Tries hosts by logging in and running a command there, all at once; one behind another is not blamed for that.
 * @param told gets each as it is known
 */
export function checkHosts(
  hosts: readonly LabHost[],
  links: HostLinks,
  told: (checked: Checked) => void,
  signal: AbortSignal,
): ReachedHosts {
  const tried = new Map<string, Promise<Checked>>()
  const need = async (name: string | undefined): Promise<void> => {
    const { outcome } = (name === undefined ? undefined : await tried.get(name)) ?? { outcome: 'fine' }
    if (outcome !== 'fine') throw new NotTried(`Not tried: host ${name} is not reached.`)
  }
  const check = async ({ name, at, ssh }: LabHost & { ssh: SshAccess }): Promise<Checked> => {
    // A moment later: the host to go through may stand behind it in the file.
    await Promise.resolve()
    const checked = await tryLine(at, `host ${name}`, () => reach(name, ssh), signal)
    told(checked)
    return checked
  }
  const reach = async (name: string, { user, address, port, jump }: SshAccess): Promise<string> => {
    await need(jump)
    const { code, stderr } = await links.link(name).run(['true'], signal)
    if (code === 0) return `${user}@${address} port ${port} is reached, and has the pinned key.`
    throw new LabError('PlaceBroken', `Host ${name} is reached, but runs no command for ${user}: ${stderr.trim()}.`)
  }
  for (const host of hosts) if (host.ssh) tried.set(host.name, check({ ...host, ssh: host.ssh }))
  const done = Promise.all(tried.values()).then(() => undefined)
  // Told by who waits for it.
  done.catch(() => undefined)
  return { need, done }
}
