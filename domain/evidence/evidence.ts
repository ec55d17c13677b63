/** Where a finding comes from. A finding without evidence can only be `unknown` or `skip`. */
export type Evidence = ConsoleEvidence | RecordEvidence | SmcEvidence | FileEvidence | LabEvidence

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

/** A call in the attempt's SMC trace. */
export interface SmcEvidence {
  kind: 'smc'
  /** First and last entry, from 1, inclusive. */
  from: number
  to: number
  /** The calls as people read them, one a line. */
  text: string
}

/** A part of a file that was handed to us or read on the target, e.g. `binary_runtime_measurements`. */
export interface FileEvidence {
  kind: 'file'
  /** The file's name or its path on the target. */
  file: string
  /** What `from` and `to` count, both inclusive: lines of text and entries of a list from 1, bytes from 0. */
  unit: 'line' | 'entry' | 'byte'
  from: number
  to: number
  text: string
}

/** What the lab itself did or said, a line of the attempt's lab log. */
export interface LabEvidence {
  kind: 'lab'
  /** First and last entry, from 1, inclusive. */
  from: number
  to: number
  /** The entries as people read them, one a line. */
  text: string
}

/** Where it stands, in a word or two: `uart0:312`, `record 7`, `smc 12-14`, `lab 3`, `binary_bios_measurements entry 3`. */
export function whereOf(evidence: Evidence): string {
  if (evidence.kind === 'record') return `record ${evidence.sequence}`
  const { from, to } = evidence
  const range = from === to ? `${from}` : `${from}-${to}`
  switch (evidence.kind) {
    case 'console':
      return `${evidence.console}:${range}`
    case 'smc':
    case 'lab':
      return `${evidence.kind} ${range}`
    case 'file':
      return evidence.unit === 'line' ? `${evidence.file}:${range}` : `${evidence.file} ${evidence.unit} ${range}`
  }
}
