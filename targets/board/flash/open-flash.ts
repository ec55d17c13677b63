import type { FlashSpec, Openocd } from '../../../domain/lab/flash-spec.ts'
import type { Loader } from '../../../domain/lab/inventory.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import type { OutletState } from '../power/power.ts'
import { commandFlash } from './command.ts'
import { fastbootFlash } from './fastboot.ts'
import type { Flash } from './flash.ts'
import { besideOpenocd, openocdFlash } from './openocd.ts'
import type { JtagPower, OpenocdBoard } from './openocd-flash.ts'
import { mmcFlash } from './mmc.ts'
import { muxFlash } from './mux.ts'
import { ownFolder } from './own-folder.ts'
import { tftpFlash } from './tftp.ts'
import { umsFlash } from './ums.ts'
import { uefiHttpFlash } from './uefi-http.ts'

/** What flashing a place takes beside its files. */
export interface FlashTools {
  /** Gives the host on which it is done. */
  link: (host: string) => HostLink
  /** Whether the board has power: a medium is never taken from one that runs. */
  power: (signal: AbortSignal) => Promise<OutletState>
  /** Switches the board, for what its flash is written by alone. */
  jtagPower: JtagPower
  /** The boot loader of its class. */
  loader: Loader | undefined
  /** The attempt, whose name what is put there for it alone bears. */
  attempt: string
  /** Tells the place from all that may be flashed from the same host, also those of other labs. */
  place: string
}

/** The way in which files get onto a place; nothing is touched yet. */
export function openFlash(spec: FlashSpec, tools: FlashTools): Flash {
  const way = openWay(spec, tools)
  if (!spec.openocd) return way
  const { link, place, attempt } = tools
  const own = ownFolder(link(spec.host), `${place}-${attempt}-openocd`)
  return besideOpenocd(openocdBoard(spec.openocd, spec, tools), way, own)
}

function openocdBoard(way: Openocd, { host }: FlashSpec, { link, jtagPower: power }: FlashTools): OpenocdBoard {
  return { way, host: link(host), power }
}

function openWay(spec: FlashSpec, tools: FlashTools): Flash {
  const { link, power, loader, attempt, place } = tools
  const host = link(spec.host)
  const own = ownFolder(host, `${place}-${attempt}`)
  switch (spec.kind) {
    case 'tftp':
      return tftpFlash(spec, host, attempt)
    case 'mux':
      return muxFlash(spec, host, own, power)
    case 'mmc':
      return mmcFlash(spec, host, attempt, own)
    case 'ums':
      return umsFlash(spec, host, own)
    case 'uefi-http':
      return uefiHttpFlash(spec, host, attempt)
    case 'fastboot':
      return fastbootFlash(spec, host, own)
    case 'openocd':
      return openocdFlash(openocdBoard(spec, spec, tools), loader, own)
    case 'command':
      return commandFlash(spec, host, own)
  }
}
