import { speakerOf } from '../signatures/speaker.ts'
import type { ConsoleLine, ConsoleLog } from './line.ts'

/**
 * The name under which the kernel's own log stands beside the consoles of an attempt, where a console brought it damaged:
 * lines that came whole, and for the others what init gave again. It is a file of the attempt like theirs.
 */
export const kernelLogName = 'kernel-log'
/** The file of an attempt that has it. */
export const kernelLogFile = `console/${kernelLogName}`

/**
 * Takes the consoles of an attempt; where the kernel's own log is among them, the console that brought it damaged is left
 * without what the kernel said there meanwhile, so that no damaged line is read. What other worlds said on it stays, and so
 * does what came before the kernel and after init told of the log.
 */
export function withKernelLog(consoles: ConsoleLog[]): ConsoleLog[] {
  const log = consoles.find(({ console }) => console === kernelLogName)
  if (!log) return consoles
  const indexes = new Map(log.lines.flatMap(({ text }, n) => (text.length < telling ? [] : [[text, n]])))
  return consoles.map((console) => (console === log ? console : without(console, indexes, log.lines.length)))
}

/** A line shorter than that may be said by anyone. */
const telling = 20

/** @param said where each line stands in the kernel's log, which has so many lines */
function without({ console, lines }: ConsoleLog, said: ReadonlyMap<string, number>, count: number): ConsoleLog {
  const isSaid = ({ text }: ConsoleLine): boolean => said.has(text)
  const [first, last] = [lines.findIndex(isSaid), lines.findLastIndex(isSaid)]
  if (first < 0) return { console, lines }
  // Lines of the log that come before the first whole one, or behind the last, are there too, damaged.
  const from = first - said.get(lines[first]!.text)!
  const to = last + count - 1 - said.get(lines[last]!.text)!
  return { console, lines: lines.filter((line, n) => n < from || n > to || speakerOf(line.text) !== 'NS') }
}
