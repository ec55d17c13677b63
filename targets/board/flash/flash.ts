/** What is put onto a board: files of this host, and the kernel's whole command line. */
export interface FlashFiles {
  image: string
  initrd: string
  cmdline: string
  /** The stack, where the place takes one. */
  firmware?: string
}

/** What flashing did, for people and for the boot that follows. */
export interface Flashed {
  /** What was written and what was there already, each with its sha256. */
  files: { name: string; sha256: string; written: boolean }[]
  /** One sentence for each surprise. */
  remarks: string[]
}

/** Puts files where a board will start them from, while it is off. */
export interface Flash {
  /**
   * Writes what differs and reads it back.
   * @throws LabError PlaceBroken, with the tool's or the host's own words; the signal's reason when aborted
   */
  flash(files: FlashFiles, signal: AbortSignal): Promise<Flashed>
  /** Takes back what belongs to one attempt. */
  clear(): Promise<void>
}
