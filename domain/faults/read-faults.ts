import { kernelMessage } from '../console/kernel-message.ts'
import type { ConsoleLog } from '../console/line.ts'
import { citeLines } from '../evidence/cite.ts'
import { knownIn, type KnownLine, type KnownLog } from '../shown/known-lines.ts'
import type { FaultKind, Signature } from '../signatures/signature.ts'
import { CallerLines, callerOf, type LinesOfOne } from './caller-lines.ts'
import { asPrinted } from './decoded-symbols.ts'
import type { Fault } from './fault.ts'
import { faultTitle } from './fault-title.ts'
import { isWarning } from './is-warning.ts'
import { panicOfUnknownDesign, panicsByDesign } from './panic-by-design.ts'
import { reportRange, type ReportRange } from './report-range.ts'
import { resetLoop } from './reset-loop.ts'

/** Takes the consoles of one boot; returns the faults that they report, console by console, in order. */
export function faultsOf(consoles: readonly (ConsoleLog | KnownLog)[]): Fault[] {
  const read = consoles.map((log) => ({ log, lines: knownIn(log) }))
  const byDesign = panicsByDesign(read.map(({ lines }) => lines))
  const unknown = panicOfUnknownDesign(consoles)
  return read.flatMap(({ log, lines }) => {
    const kernelAfter = (at: number): boolean =>
      read.some((each) => each.lines.some((line) => isKernel(line) && (each.log !== log || line.index > at)))
    const isNone = (line: KnownLine): boolean => line.index === unknown?.index || byDesign(log, lines, line)
    return faultsIn(log, lines, isNone, kernelAfter)
  })
}

function isKernel({ match }: KnownLine): boolean {
  return match.signature.stage === 'kernel'
}

/**
 * What a report says of the same fault on its way to its closing line belongs to it and is no fault of its own. What a
 * watchdog says is in part said by the CPUs that it asks; every other report is one caller's from its first line to its last.
 */
function faultsIn(
  log: ConsoleLog,
  known: readonly KnownLine[],
  isNone: (line: KnownLine) => boolean,
  kernelAfter: (at: number) => boolean,
): Fault[] {
  const found: Fault[] = []
  const byCaller = new CallerLines(log.lines)
  const lines = known.filter(({ match }) => match.signature.fault)
  const faults = new Map(lines.map(({ index, match }) => [index, match.signature]))
  /** Where the last report of each caller ends, and of all at once. */
  const ends = new Map<string, number>()
  for (const line of lines) {
    const { index, match } = line
    const caller = callerOf(log.lines[index]?.text ?? '')
    const open = Math.max(ends.get(caller) ?? -1, ends.get(everybody) ?? -1)
    if (index <= open || isNone(line)) continue
    const isOfOthers = ofOthers.includes(match.signature.fault ?? 'bug')
    const own = byCaller.of(isOfOthers ? '' : caller)
    const range = rangeIn(own, index, match.signature, faults)
    const first = Math.max(range.first, open + 1)
    found.push(fault(log, line, { first, last: range.last }, () => kernelAfter(index)))
    ends.set(isOfOthers ? everybody : caller, range.last)
  }
  const loop = resetLoop(log, known)
  return loop ? [...found, loop] : found
}

const everybody = 'everybody'
const ofOthers: readonly FaultKind[] = ['hung-task', 'soft-lockup', 'hard-lockup', 'rcu-stall', 'workqueue-stall']

/** The range of a report among the lines of its caller, as indexes into the console's. */
function rangeIn(
  { lines, toConsole, fromConsole }: LinesOfOne,
  index: number,
  signature: Signature,
  faults: ReadonlyMap<number, Signature>,
): ReportRange {
  const { first, last } = reportRange(lines, fromConsole(index), signature, {
    get: (place) => faults.get(toConsole(place)),
  })
  return { first: toConsole(first), last: toConsole(last) }
}

function fault(
  log: ConsoleLog,
  { index, match }: KnownLine,
  { first, last }: ReportRange,
  kernelCame: () => boolean,
): Fault {
  const { id, fault: kind = 'bug' } = match.signature
  const where = id.startsWith('fault.') ? 'kernel' : 'firmware'
  const said = (from: number, to: number): string[] => {
    const lines = log.lines.slice(from, to).map(({ text }) => text)
    const own = ofOthers.includes(kind) ? lines : sameCaller(lines, log.lines[index]?.text ?? '')
    return own.map((text) => asPrinted(kernelMessage(text).message))
  }
  const report = said(index, last + 1)
  return {
    where,
    kind,
    title: faultTitle(match, report, log.lines[index - 1]?.text ?? '', said(first, index)),
    evidence: citeLines(log, first, last),
    warning: isWarning(match.signature, report, kernelCame),
    panic: kind === 'panic' || kind === 'hyp-panic' || match.message.startsWith('Kernel panic'),
    onWarning: /panic_on_warn set/.test(match.message),
  }
}

/** The lines of a report that were said where a line of it was; all of them where printk names no caller. */
function sameCaller(lines: readonly string[], text: string): readonly string[] {
  const caller = callerOf(text)
  return caller === '' ? lines : lines.filter((each) => callerOf(each) === caller)
}
