import type { FlashSpec } from '../../../domain/lab/flash-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import type { OutletState } from '../power/power.ts'
import { commandFlash } from './command.ts'
import { fastbootFlash } from './fastboot.ts'
import type { Flash } from './flash.ts'
import { mmcFlash } from './mmc.ts'
import { muxFlash } from './mux.ts'
import { ownFolder } from './own-folder.ts'
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
  /** Tells the place from all that may be flashed from the same host, also those of other labs. */
  place: string
}

/** The way in which files get onto a place; nothing is touched yet. */
export function openFlash(spec: FlashSpec, { link, power, attempt, place }: FlashTools): Flash {
  const host = link(spec.host)
  const own = ownFolder(host, `${place}-${attempt}`)
  switch (spec.kind) {
    case 'tftp':
      return tftpFlash(spec, host, attempt)
    case 'mux':
      return muxFlash(spec, host, own, power)
    case 'mmc':
      return mmcFlash(spec, host, attempt, own)
    case 'uefi-http':
      return uefiHttpFlash(spec, host, attempt)
    case 'fastboot':
      return fastbootFlash(spec, host, own)
    case 'command':
      return commandFlash(spec, host, own)
  }
}
