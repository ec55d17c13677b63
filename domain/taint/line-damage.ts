import { messageStart, stampOf } from '../console/kernel-message.ts'
import type { ConsoleLine } from '../console/line.ts'
import { speakerOf } from '../signatures/speaker.ts'
import type { TaintKind } from '../taint.ts'

/** Damage that one line shows by itself. */
export interface LineDamage {
  kind: TaintKind
  /** Why, to stand behind "Line N of CONSOLE". */
  says: string
}

/** Stray bytes in one line that are taken for damage; a UART may make a few when its power goes on or off. */
const garbageRun = 8
/** Doubled characters that are no accident, and how many different ones: a ruler has one. */
const doubledRun = 8
const doubledKinds = 4

const lostStart = /^ *\d+\.\d{6}\] /
const innerTime = /\S\[ *\d+\.\d{6}\] /
const anyTime = /\[ *\d+\.\d{6}\] /
// TF-A pads its prefix to nine columns (plat/common/plat_log_common.c); OP-TEE writes `<level>/TC:` (trace.c).
const innerFirmware = /\S(?:(?:NOTICE: {2}|ERROR: {3}|INFO: {4})\S|[EIDFM]\/TC:[\d? ])/

/**
 * Takes a line of a console; returns the damage that shows in it, or undefined for the very most. Two worlds are told
 * from one that quotes another by what stands before the second one's prefix: who quotes puts a blank there.
 * @param isOne whether it is known that no other voice begins in it (domain/console/line-parts.ts)
 */
export function lineDamage(line: ConsoleLine, isOne = false): LineDamage | undefined {
  const { text, garbage = 0 } = line
  if (garbage >= garbageRun) return { kind: 'garbage', says: `has ${garbage} bytes of garbage` }
  if (isDoubled(text)) return { kind: 'doubled', says: 'has each byte twice' }
  if (stampOf(text) !== undefined) {
    if (isOne) return undefined
    const start = messageStart(text)
    if (text.includes('[', start) && innerTime.test(text.slice(start)))
      return { kind: 'cut', says: 'holds two messages of the kernel: the end of the first is gone' }
    return mayHoldFirmware(text, start) && innerFirmware.test(text.slice(start))
      ? { kind: 'mixed', says: 'holds words of the firmware amid those of the kernel' }
      : undefined
  }
  // Whoever pastes a part of a log may cut its first line, and that harms nothing.
  if (line.number > 1 && isDigitOrBlank(text.charCodeAt(0)) && lostStart.test(text))
    return { kind: 'cut', says: 'lost its start' }
  if (text.includes('] ') && anyTime.test(text) && speakerOf(text) !== 'NS')
    return { kind: 'mixed', says: 'holds words of the kernel amid those of the firmware' }
  return undefined
}

function mayHoldFirmware(text: string, start: number): boolean {
  return text.includes(':  ', start) || text.includes('/TC', start)
}

function isDigitOrBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x30 && code <= 0x39)
}

function isDoubled(text: string): boolean {
  if (text.length < 2 * doubledRun || text.charCodeAt(0) !== text.charCodeAt(1)) return false
  const kinds = new Set<number>()
  for (let index = 0; index + 1 < text.length; index += 2) {
    const code = text.charCodeAt(index)
    if (code !== text.charCodeAt(index + 1)) return false
    kinds.add(code)
  }
  return kinds.size >= doubledKinds
}
