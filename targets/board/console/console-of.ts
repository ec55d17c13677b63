import type { ConsoleSpec } from '../../../domain/lab/console-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import type { ConsoleSource } from './console-source.ts'
import { conserverConsole } from './conserver-console.ts'
import { commandConsole, hostTtyConsole } from './host-console.ts'
import { whenAskedAgain, whenNamed } from './perhaps-back.ts'
import { reopening } from './reopening.ts'
import { tcpConsole } from './tcp-console.ts'
import { ttyConsole } from './tty-console.ts'

/** An attempt with a board that is off for longer than that has ended long ago. */
const patienceMs = 15 * 60_000

/**
 * The way to a UART as a lab's file describes it. Nothing is opened yet.
 * @param link gives the link to a host by its name
 */
export function consoleOf(spec: ConsoleSpec, link: (host: string) => HostLink): ConsoleSource {
  const source = steadySource(spec, link)
  if (spec.vanishes !== true) return source
  return reopening(source, spec.kind === 'tty' ? whenNamed(spec.path) : whenAskedAgain, patienceMs)
}

function steadySource(spec: ConsoleSpec, link: (host: string) => HostLink): ConsoleSource {
  switch (spec.kind) {
    case 'tcp':
      return tcpConsole(spec, spec.via === undefined ? undefined : link(spec.via))
    case 'conserver':
      return conserverConsole(spec, spec.via === undefined ? undefined : link(spec.via))
    case 'tty':
      return ttyConsole(spec)
    case 'ssh':
      return hostTtyConsole(spec, link(spec.host))
    case 'command':
      return commandConsole(spec, link(spec.host))
  }
}
