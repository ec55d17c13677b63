import type { ExceptionLevel } from '../smc/call.ts'
import type { Course } from '../smc/passage.ts'

/** Where a moment of the story comes from. */
export type MomentSource = 'console' | 'smc' | 'record' | 'stage' | 'lab'

/** An SMC as a story needs it. */
export interface CallMoment {
  from: ExceptionLevel
  to: ExceptionLevel
  /** The function. */
  name: string
  /** What came back, in a word or two; absent when nothing did. */
  answer?: string
  /** Its way, when it is an FF-A call of the normal world. */
  course?: Course
}

/** One thing that happened in an attempt, on the one clock of its story. */
export interface Moment {
  /** Host time: milliseconds since 1970, with decimals. */
  at: number
  source: MomentSource
  /** Where it stands: `uart0:412`, `smc 7`, `record 9`, `lab 3`; a stage's name. */
  place: string
  /** One line for people. */
  text: string
  /** `key`: what a finding rests on, an FF-A call of the normal world, an initcall that decides the order, a stage. */
  weight: 'key' | 'detail'
  /** What it was, when it was an SMC. */
  call?: CallMoment
  /** Ids of the findings that rest on it. */
  findings: string[]
}
