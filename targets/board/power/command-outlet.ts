import { LabError } from '../../../domain/errors.ts'
import type { PduSpec } from '../../../domain/lab/pdu-spec.ts'
import type { CommandEnd, HostLink } from '../../hosts/host-link.ts'
import { quote } from './http-request.ts'
import type { Outlet, OutletState } from './power.ts'

/** A command that takes longer is stuck, milliseconds. */
const timeoutMs = 60_000

/**
 * An outlet that is switched by commands, here or on another host. Its state is what the lab's patterns find in what
 * the command prints; the exit code tells nothing there (`snmpget` of an outlet that does not exist ends with 0).
 */
export function commandOutlet(pdu: PduSpec & { kind: 'command' }, outlet: string, host: HostLink): Outlet {
  async function ask(words: string[], signal: AbortSignal): Promise<CommandEnd> {
    const limit = AbortSignal.timeout(timeoutMs)
    try {
      const filled = words.map((word) => word.replaceAll('{outlet}', outlet))
      return await host.run(filled, AbortSignal.any([signal, limit]))
    } catch (error) {
      signal.throwIfAborted()
      if (!limit.aborted) throw error
      const sentence = `PDU ${pdu.name}: ${words[0]} did not end on host ${host.name} in ${timeoutMs / 1000} s.`
      throw new LabError('PlaceBroken', sentence, { retryable: true })
    }
  }

  return {
    readsBack: pdu.state !== undefined,
    async set(to, signal) {
      const end = await ask(pdu[to], signal)
      if (end.code === 0) return
      // A command that was started may have switched before it failed; only the outlet itself knows.
      const started = end.code !== 126 && end.code !== 127
      const sentence = `PDU ${pdu.name} did not switch outlet ${outlet} ${to}: ${told(end)}.`
      throw new LabError('PlaceBroken', sentence, { retryable: started })
    },
    async state(signal) {
      if (pdu.state === undefined) return 'unknown'
      const end = await ask(pdu.state.run, signal)
      const state = stateIn(end.stdout, pdu.state)
      if (state !== undefined) return state
      throw new LabError('PlaceBroken', `PDU ${pdu.name} says neither on nor off of outlet ${outlet}: ${told(end)}.`)
    },
  }
}

/** What a command's output says; undefined when neither pattern fits, or both do. */
export function stateIn(stdout: string, patterns: { on: string; off: string }): OutletState | undefined {
  const [on, off] = [new RegExp(patterns.on, 'm').test(stdout), new RegExp(patterns.off, 'm').test(stdout)]
  if (on === off) return undefined
  return on ? 'on' : 'off'
}

function told({ code, stdout, stderr }: CommandEnd): string {
  const said = [stdout, stderr].map((text) => text.trim()).filter((text) => text !== '')
  return `the command ended with code ${code} and said ${said.map(quote).join(' and ') || 'nothing'}`
}
