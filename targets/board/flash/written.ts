/** What was put onto a board, for people. */
export interface Written {
  /** What was written and what was there already, each with its sha256. */
  files: {
    name: string
    sha256: string
    written: boolean
    /** Present where it is so for this one file, and not for all that the way brings, see `Flash.readsBack`. */
    readBack?: true
  }[]
  /** One sentence for each surprise. */
  remarks: string[]
}
