/** Where a finding comes from. A finding without evidence can only be `unknown` or `skip`. */
export type Evidence = ConsoleEvidence | RecordEvidence

export interface ConsoleEvidence {
  kind: 'console'
  console: string
  /** First and last line, 1-based, inclusive. */
  from: number
  to: number
  /** The text of those lines, cleaned as in `ConsoleLine`, joined by line feeds; long ranges are shortened in the middle. */
  text: string
}

export interface RecordEvidence {
  kind: 'record'
  /** The record's sequence number, as the target's init sent it. */
  sequence: number
  text: string
}
