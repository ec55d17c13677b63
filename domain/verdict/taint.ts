import type { Shown } from '../attempt.ts'
import { kernelMessage } from '../console/kernel-message.ts'
import type { ConsoleLog } from '../console/line.ts'
import type { Evidence } from '../evidence.ts'
import { citeLines } from '../probes/cite.ts'
import { StageFollower } from '../stage/stage-follower.ts'

/** Damage to a console, or to what it stands for: nothing that was read from it counts. */
export interface Taint {
  /** One sentence. */
  sentence: string
  evidence: Evidence[]
}

/** Stray bytes in one line that are taken for damage; a UART may make a few when its power goes on or off. */
const garbageRun = 8
/** Seconds: CPUs store their lines in an order that is off by microseconds, never by this. */
const backward = 1

/** Takes what an attempt showed; returns the first reason found for not believing it, or undefined. */
export function taintOf(shown: Shown): Taint | undefined {
  for (const log of shown.consoles) {
    const taint = garbage(log) ?? secondBoot(log) ?? timeGoingBack(log)
    if (taint) return taint
  }
  return undefined
}

function garbage(log: ConsoleLog): Taint | undefined {
  const index = log.lines.findIndex((line) => (line.garbage ?? 0) >= garbageRun)
  const line = log.lines[index]
  if (!line) return undefined
  const sentence = `Line ${line.number} of ${log.console} has ${line.garbage} bytes of garbage.`
  return { sentence, evidence: [citeLines(log, index, index)] }
}

function secondBoot(log: ConsoleLog): Taint | undefined {
  const follower = new StageFollower()
  for (const [index, line] of log.lines.entries()) {
    const reached = follower.line(log.console, line)
    if (reached && reached.boot > 1)
      return {
        sentence: `The target started again in line ${line.number} of ${log.console}: there are two boots in one log.`,
        evidence: [citeLines(log, index, index)],
      }
  }
  return undefined
}

function timeGoingBack(log: ConsoleLog): Taint | undefined {
  let last: { index: number; at: number } | undefined
  for (const [index, { text, number }] of log.lines.entries()) {
    const { at } = kernelMessage(text)
    if (at === undefined) continue
    if (last && at < last.at - backward)
      return {
        sentence: `The kernel's clock goes back from ${last.at} s to ${at} s in line ${number} of ${log.console}.`,
        evidence: [citeLines(log, last.index, last.index), citeLines(log, index, index)],
      }
    last = { index, at }
  }
  return undefined
}
