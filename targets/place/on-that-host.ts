import { LabError } from '../../domain/errors.ts'
import type { HostLink } from '../hosts/host-link.ts'

/** @throws LabError PlaceBroken when a host has no such file, or it cannot be read there */
export async function needFile(host: HostLink, path: string, signal: AbortSignal): Promise<void> {
  const { code } = await host.run(['test', '-r', path], signal)
  if (code !== 0) throw new LabError('PlaceBroken', `Host ${host.name} has no file ${path} that can be read.`)
}

/** @throws LabError PlaceBroken when a host has no such command */
export async function needProgram(host: HostLink, program: string, signal: AbortSignal): Promise<void> {
  const { code } = await host.run(['sh', '-c', 'command -v "$1" >/dev/null', 'sh', program], signal)
  if (code !== 0)
    throw new LabError('PlaceBroken', `Host ${host.name} has no command ${program}: install it there, or say its path.`)
}
