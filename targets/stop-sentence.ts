import { stages, type Stage } from '../domain/stage.ts'
import { isConsole, speakerOn, type KeptLine } from './lines.ts'
import type { Expired } from './patience.ts'

/** Something that was said: on which line, and in which stage the boot was then. */
export interface Word {
  line: KeptLine
  stage: Stage
}

/** Who spoke last. */
export interface LastWords {
  /** Of those whose silence is counted: every world until the kernel runs, then the normal world. */
  last?: Word
  /** Of the others, when it was later. */
  beside?: Word
}

/** Which stage was silent for how long, and which world spoke last. */
export function expiredSentence({ kind, stage, seconds, limit }: Expired, { last, beside }: LastWords): string {
  const spoke = last ? `${speaker(last)} spoke last` : 'no world has said anything at all'
  if (kind === 'silence') {
    const nothing = `nothing was said ${beside ? 'by the normal world ' : ''}for ${inSeconds(seconds)} (limit ${inSeconds(limit)})`
    return `Stage ${stage}: ${nothing}${beside ? `, while ${speaker(beside)} went on` : ''}; ${spoke}.`
  }
  return `Stage ${stage}: no later stage was reached in ${inSeconds(seconds)} (limit ${inSeconds(limit)}), although there was output; ${beside ? `${speaker(beside)} spoke last` : spoke}.`
}

/** Which line said too much, and what it may say, in bytes. */
export function floodSentence(line: string, stage: Stage, limit: number): string {
  const most = Number((limit / 2 ** 20).toFixed(1))
  return `Stage ${stage}: ${line} said more than ${most} MiB (limits: console of the plan); the target was powered off.`
}

/** Seconds as people read them, e.g. `12.3 s`. */
export function inSeconds(seconds: number): string {
  return `${Number(seconds.toFixed(1))} s`
}

function speaker({ line, stage }: Word): string {
  if (!isConsole(line)) return 'NS (init, on the record channel)'
  const handedOver = stages.indexOf(stage) >= stages.indexOf('bl33')
  return `${speakerOn(line, handedOver)} on ${line.name}`
}
