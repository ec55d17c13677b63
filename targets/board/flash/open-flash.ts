import type { FlashSpec } from '../../../domain/lab/flash-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import type { OutletState } from '../power/power.ts'
import { commandFlash } from './command.ts'
import { fastbootFlash } from './fastboot.ts'
import type { Flash } from './flash.ts'
import { mmcFlash } from './mmc.ts'
import { muxFlash } from './mux.ts'
import { tftpFlash } from './tftp.ts'
import { uefiHttpFlash } from './uefi-http.ts'

/** What flashing a place takes beside its files. */
export interface FlashTools {
  /** Gives the host on which it is done. */
  link: (host: string) => HostLink
  /** Whether the board has power: a medium is never taken from one that runs. */
  power: (signal: AbortSignal) => Promise<OutletState>
  /** The attempt, whose name what is put there for it alone bears. */
  attempt: string
}

/** The way in which files get onto a place; nothing is touched yet. */
export function openFlash(spec: FlashSpec, { link, power, attempt }: FlashTools): Flash {
  const host = link(spec.host)
  switch (spec.kind) {
    case 'tftp':
      return tftpFlash(spec, host, attempt)
    case 'mux':
      return muxFlash(spec, host, power)
    case 'mmc':
      return mmcFlash(spec, host, attempt)
    case 'uefi-http':
      return uefiHttpFlash(spec, host, attempt)
    case 'fastboot':
      return fastbootFlash(spec, host)
    case 'command':
      return commandFlash(spec, host)
  }
}
