import { setTimeout as delay } from 'node:timers/promises'
import type { HostLink } from '../../hosts/host-link.ts'
import { failed, runOn } from './on-host.ts'

/** A card that was just switched to a host is there after its reader has seen it: about a second. */
const patience = 15_000
const again = 250

/**
 * Waits until a medium can be read. No event tells of that: a reader keeps its device file when it has no card, and opening
 * it fails ("No medium found").
 * @param when what it comes after
 * @throws LabError PlaceBroken with the host's words when it cannot be read in time; the signal's reason when aborted
 */
export async function awaitMedium(
  host: HostLink,
  device: string,
  signal: AbortSignal,
  when = 'the mux was switched',
): Promise<void> {
  const words = ['od', '-An', '-N', '1', '--', device]
  for (const since = performance.now(); ;) {
    const end = await runOn(host, words, signal)
    if (end.code === 0 && end.stdout.trim() !== '') return
    if (performance.now() - since > patience) throw failed(host, words, `read ${device} after ${when}`, end)
    await delay(again, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}
