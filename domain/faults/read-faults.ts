import { kernelMessage, messageStart, stampEnd } from '../console/kernel-message.ts'
import type { ConsoleLog } from '../console/line.ts'
import { citeLines } from '../evidence/cite.ts'
import { knownIn, type KnownLine, type KnownLog } from '../shown/known-lines.ts'
import type { FaultKind } from '../signatures/signature.ts'
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

/** What a report says of the same fault on its way to its closing line belongs to it and is no fault of its own. */
function faultsIn(
  log: ConsoleLog,
  known: readonly KnownLine[],
  isNone: (line: KnownLine) => boolean,
  kernelAfter: (at: number) => boolean,
): Fault[] {
  const found: Fault[] = []
  const lines = known.filter(({ match }) => match.signature.fault)
  const faults = new Map(lines.map(({ index, match }) => [index, match.signature]))
  let open = -1
  for (const line of lines) {
    const { index, match } = line
    if (index <= open) continue
    if (isNone(line)) continue
    const { first, last } = reportRange(log.lines, index, match.signature, faults)
    found.push(fault(log, line, { first: Math.max(first, open + 1), last }, () => kernelAfter(index)))
    open = last
  }
  const loop = resetLoop(log, known)
  return loop ? [...found, loop] : found
}

function fault(
  log: ConsoleLog,
  { index, match }: KnownLine,
  { first, last }: ReportRange,
  kernelCame: () => boolean,
): Fault {
  const { id, fault: kind = 'bug' } = match.signature
  const where = id.startsWith('fault.') ? 'kernel' : 'firmware'
  const lines = log.lines.slice(index, last + 1).map(({ text }) => text)
  const own = ofOthers.includes(kind) ? lines : sameCaller(lines)
  const report = own.map((text) => asPrinted(kernelMessage(text).message))
  return {
    where,
    kind,
    title: faultTitle(match, report, log.lines[index - 1]?.text ?? ''),
    evidence: citeLines(log, first, last),
    warning: isWarning(match.signature, report, kernelCame),
    panic: kind === 'panic' || kind === 'hyp-panic' || match.message.startsWith('Kernel panic'),
    onWarning: /panic_on_warn set/.test(match.message),
  }
}

/** What a watchdog says is in part said by the CPUs that it asks; every other report is one context's from its first line to its last. */
const ofOthers: readonly FaultKind[] = ['hung-task', 'soft-lockup', 'hard-lockup', 'rcu-stall', 'workqueue-stall']

/** The lines of a report that were said where its first one was; all of them where printk names no caller. */
function sameCaller(lines: readonly string[]): readonly string[] {
  const caller = callerOf(lines[0] ?? '')
  return caller === '' ? lines : lines.filter((text) => callerOf(text) === caller)
}

/** `T100` or `C1` behind the stamp (PRINTK_CALLER), without what PRINTK_EXECUTION_CTX adds; nothing where there is none. */
function callerOf(text: string): string {
  return /^\[ *([TC]\d+)/.exec(text.slice(stampEnd(text), messageStart(text)))?.[1] ?? ''
}
