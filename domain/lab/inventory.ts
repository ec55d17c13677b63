import type { World } from '../world.ts'
import type { At } from './at.ts'
import type { ConsoleSpec } from './console-spec.ts'
import type { FlashSpec } from './flash-spec.ts'
import type { PduSpec } from './pdu-spec.ts'

/** A lab as its file describes it, checked: every name that is used is defined. */
export interface Inventory {
  /** The file's name without its ending. */
  name: string
  /** Absolute. */
  file: string
  /** By name; `here`, the machine that hyplab runs on, is always one of them. */
  hosts: Record<string, LabHost>
  pdus: Record<string, PduSpec>
  classes: Record<string, PlaceClass>
  places: Record<string, LabPlace>
}

/** A machine that places hang on. */
export interface LabHost {
  name: string
  at: At
  /** How it is reached; absent for `here`. */
  ssh?: SshAccess
}

/** How a host is reached by ssh. Its key is pinned: another one is no host of this lab. */
export interface SshAccess {
  address: string
  port: number
  user: string
  key: { file: string } | { agent: true }
  /** The host's public key as `ssh-keygen -lf` prints it: `SHA256:` and base64 without padding. */
  hostKey: string
  /** The name of the host to go through. */
  jump?: string
}

/** What places of one kind have in common, and what may be expected of them. */
export interface PlaceClass {
  name: string
  at: At
  kind: 'board' | 'fvp'
  limits: PlaceLimits
  /** What the kernel is told beside the cell's own command line, e.g. `console=ttyS2,1500000`. */
  cmdline: string
  /** How a board is made to start what was flashed; absent for `fvp`. */
  loader?: Loader
  /** The model and its parameters; absent for `board`. */
  model?: Model
}

/** Times that a class of places is known to keep, seconds. */
export interface PlaceLimits {
  /** From power-on to the first byte on any console; a place that takes longer is dead, and that is no kernel's fault. */
  firstByte: number
  /** How long all consoles must be silent before a place without a read-back counts as off. */
  offSilence: number
  /** The shortest time between off and on again. */
  shortestOff: number
}

/** The boot loader that a board's own firmware ends in, and how it is spoken to. */
export interface Loader {
  /**
   * `u-boot`: stopped at its prompt and told what to load; `uefi`: told so at its shell; `self`: starts by itself what the
   * medium holds.
   */
  kind: 'u-boot' | 'uefi' | 'self'
  /** Its prompt, literally, e.g. `=> `. */
  prompt: string
  /** What it prints before it boots by itself, literally, and the one key that stops it. */
  autoboot: { says: string; key: string }
  /** Where U-Boot is told to load to; its own variables where absent. */
  kernelAddress?: number
  initrdAddress?: number
  /** Where its device tree lies: an address, or a variable that holds one. */
  deviceTree: string
}

/** An Arm FVP: a program that is a machine. */
export interface Model {
  /** A path, or a name to look for on PATH; FVP_BIN goes before it. */
  binary: string
  /** `-C` parameters over those of the stack, by name. */
  parameters: Record<string, string>
}

/** One machine of a lab. */
export interface LabPlace {
  name: string
  at: At
  class: string
  tags: string[]
  host: string
  /** `installed`: its firmware is left alone, only kernel and initrd are flashed; `takes`: it takes a stack. */
  firmware: 'installed' | 'takes'
  /** The outlet that it hangs on; absent for `fvp`. */
  power?: { pdu: string; outlet: string; at: At }
  /** By console name, in the order of the file. */
  consoles: Record<string, PlaceConsole>
  flash?: FlashSpec
  limits: PlaceLimits
  /** A line that the place must say within its time after power-on for it to be healthy, as a regular expression. */
  health?: { says: string; within: number }
}

/** One UART of a place: how to reach it and who speaks there. */
export interface PlaceConsole {
  name: string
  at: At
  source: ConsoleSpec
  /** Who speaks there, in the order in which they begin to; empty where a UART carries nothing but records. */
  worlds: World[]
}
