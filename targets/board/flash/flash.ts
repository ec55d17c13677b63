import type { MediumContent } from './medium-content.ts'
import type { Written } from './written.ts'

/** What is put onto a board: files of this host, and the kernel's whole command line. */
export interface FlashFiles {
  image: string
  initrd: string
  cmdline: string
  /** The stack, where the place takes one. */
  firmware?: string
}

/** What flashing did, for people and for the boot that follows. */
export interface Flashed extends Written {
  /** For a boot loader that has to be told what to load; absent where the board starts by itself what was flashed. */
  offer?: LoaderOffer
  /** The same for UEFI firmware. */
  uefi?: UefiOffer
}

/** What UEFI firmware is told to boot. */
export interface UefiOffer {
  /** The address of a medium's image. */
  uri: string
  /** What the kernel is told before its command line: where its initrd is. */
  initrd: string
}

/** What a boot loader can load. It is plain data: the boot that uses it may run in another process. */
export interface LoaderOffer {
  /** Commands that have to succeed before the first load. */
  prepare: string[]
  /** The board's own medium, which it has to make what it should be before it loads from there; absent where that was done. */
  medium?: MediumOffer
  /** The same, which it has to lend to a host that makes it so. */
  lent?: LentMedium
  kernel: LoadFile
  initrd: LoadFile
}

/** What a board's own SD card or eMMC should hold from its start on, in pieces that it can load. */
export interface MediumOffer {
  /** As U-Boot's `mmc dev` takes it. */
  device: number
  /** The loader's command for a piece; `{number}` in it stands for its number in four digits, `{address}` for where to. */
  load: string
  /** Bytes of a piece; the last may be shorter. */
  pieceSize: number
  /** Bytes of all, whole blocks of 512. */
  size: number
  /** Of each piece, lower-case hex. */
  crc32: string[]
  sha256: string[]
}

/** A board's own medium that its loader lends to a host, and what it should hold. */
export interface LentMedium {
  /** The loader's command, which goes on until it is interrupted. */
  command: string
  content: MediumContent
}

/** The host's part in lending. */
export interface Borrower {
  /** Before the loader is told. @throws LabError PlaceBroken when something is already where the medium will be */
  ready(signal: AbortSignal): Promise<void>
  /**
   * Waits for the medium, writes what differs and reads it back.
   * @param blocks of the medium, as the loader says
   * @throws LabError PlaceBroken when it does not come, is another one, or cannot be written; the signal's reason when aborted
   */
  write(blocks: number, signal: AbortSignal): Promise<Written>
}

/** One file that a boot loader can load, and what must lie in memory then. */
export interface LoadFile {
  name: 'kernel' | 'initrd'
  /** The loader's command; `{address}` in it stands for where to. */
  command: string
  /** Bytes. */
  size: number
  /** Lower-case hex of eight digits. */
  crc32: string
  sha256: string
  /** Where the lab's part comes before the command, and not while it runs, see `Flash.serve`. */
  servedBefore?: true
}

/** Puts files where a board will start them from. */
export interface Flash {
  /**
   * Whether the board has to be off before, or on: by fastboot it is the board itself that takes the files. A way that needs
   * power meanwhile switches a board that is off by itself.
   */
  readonly board: 'off' | 'on'
  /** Whether what was written is read back before the board starts; else only the board's loader can prove what it has. */
  readonly readsBack: boolean
  /**
   * Writes what differs and reads it back.
   * @throws LabError PlaceBroken, with the tool's or the host's own words; the signal's reason when aborted
   */
  flash(files: FlashFiles, signal: AbortSignal): Promise<Flashed>
  /** Does the lab's part while the loader's command for a file runs, or before; absent where there is none. */
  serve?(file: LoadFile, signal: AbortSignal): Promise<void>
  /** Takes a medium that the loader lends; absent where it lends none. */
  borrow?(medium: LentMedium): Borrower
  /** Takes back what belongs to one attempt. */
  clear(): Promise<void>
}
