import type { At } from './at.ts'

/** How kernel, initrd and firmware get onto a board. */
export type FlashSpec = {
  at: At
  host: string
  /** Writes the board's flash before that; kernel and initrd come by the way beside it. Absent where nothing does. */
  openocd?: Openocd
} & FlashWay

/** How OpenOCD reaches a board by JTAG or SWD, and what it writes there. Addresses are the board's. */
export interface Openocd {
  /** Files as its `-f` takes them, in order. */
  config: string[]
  /** Words of its command line before them. */
  arguments: string[]
  /** Its commands that stop the board, so that its flash can be read and written. */
  begin: string[]
  /** Where in flash these are written; absent where they are not. */
  firmwareAt?: number
  kernelAt?: number
  initrdAt?: number
  /** Files of the host that the flash has to hold as well. */
  images: { file: string; at: number }[]
  /** How long one run of it may take, seconds. */
  within: number
}

export type FlashWay =
  /** Files in a folder that a TFTP server of the host serves; each attempt has its own below it. */
  | {
      kind: 'tftp'
      folder: string
      /** The server as the board sees it. */ server: string
      /** Commands of U-Boot that bring its network up. */ network: string[]
    }
  /** A medium that is switched between the host and the board. */
  | {
      kind: 'mux'
      control: MuxControl
      /** The medium as the host sees it. */
      device: string
      /** Its FAT partition, from 1; 0 where the whole medium is one file system. */
      partition: number
      /** The same partition as U-Boot's `load` takes it, e.g. `mmc 0:1`; absent where the board starts by itself. */
      loadFrom?: string
      /** Where firmware is written, bytes from the medium's start; absent where it is not on this medium. */
      firmwareAt?: number
      /** A file of the host: the medium as it was set up, which all of it is compared with; absent where files alone are. */
      base?: string
    }
  /** The board's own SD card or eMMC, which its U-Boot writes from pieces that a TFTP server of the host serves. */
  | {
      kind: 'mmc'
      /** As U-Boot's `mmc dev` takes it. */
      device: number
      /** A file of the host: the medium as it was set up. */
      base: string
      /** Its FAT partition for kernel and initrd, from 1; 0 where the whole medium is one. */
      partition: number
      /** Where firmware is written, bytes from the medium's start; absent where it is not on this medium. */
      firmwareAt?: number
      /** As with `tftp`. */
      folder: string
      server: string
      network: string[]
    }
  /** The board's own medium, which its U-Boot lends to a host by USB until it is told to end (`ums`). */
  | {
      kind: 'ums'
      /** The USB device controller, as U-Boot counts them. */
      controller: number
      /** The medium as U-Boot's `ums` takes it, e.g. `mmc 0`. */
      medium: string
      /** The same as the host sees it while it is lent; nothing is there otherwise. */
      device: string
      /** Its FAT partition, from 1; 0 where the whole medium is one file system. */
      partition: number
      /** As with `mux`. */
      firmwareAt?: number
      base?: string
      /** How long the host may take to see it, seconds. */
      within: number
    }
  /** An image in a folder that a web server of the host serves, which UEFI firmware boots by HTTP. */
  | {
      kind: 'uefi-http'
      folder: string
      /** The folder as the board sees it. */ url: string
    }
  /** fastboot's own client; `device` as its `-s` takes it. */
  | {
      kind: 'fastboot'
      device: string
      /** How U-Boot is told to listen, e.g. `udp` or `usb 0`; absent where the board's own firmware does. */
      listen?: string
    }
  /** OpenOCD writes flash, and into memory what has no place there, once U-Boot stands at its prompt. */
  | ({ kind: 'openocd' } & Openocd)
  /** A command; `{image}`, `{initrd}`, `{cmdline}` and `{firmware}` in its words stand for files of the host and the command line. */
  | { kind: 'command'; run: string[] }

/** How a mux is switched: a known program with the mux's own name, or three commands. */
export type MuxControl =
  | { program: 'usbsdmux' | 'sd-mux-ctrl' | 'sdwire'; id: string }
  | { program: 'commands'; toHost: string[]; toBoard: string[]; state?: { run: string[]; host: string; board: string } }
