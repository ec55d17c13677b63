import { kernelMessage, stampOf } from '../console/kernel-message.ts'
import type { ConsoleLine } from '../console/line.ts'
import { matchSignatures } from '../signatures/match.ts'
import type { Signature } from '../signatures/signature.ts'
import { speakerOf } from '../signatures/speaker.ts'
import type { World } from '../world.ts'
import { asPrinted } from './decoded-symbols.ts'
import { goesOnWith } from './goes-on-with.ts'
import { isOfGracePeriods } from './stalled-task.ts'

/** Tells whether a line, by its index, is one with which faults begin. */
export type FaultsByLine = Pick<ReadonlyMap<number, Signature>, 'get'>

/** Indexes of the first and last line of a report, inclusive. */
export interface ReportRange {
  first: number
  last: number
}

/** No report is longer; one of a lock check or of an exhausted memory comes near it. */
const longest = 400
/** Lines that are quoted of a report of which nothing shows where it ends. */
const openEnd = 12
/** Lines that a report says of RCU's own thread where no call trace shows, as 32-bit kernels do not name theirs. */
const beside = 36
/** Lines of a WARN's own message. */
const mostSaid = 6

const ruler = /^={20,}$/
// arch/arm/mm/fault.c has scissors before its own.
const cutHere = /^(?:-+\[ cut here \]-+|8<--- cut here ---)$/
const nameless = /^Internal error: : /
const unhandled = /^Unhandled (?:fault|prefetch abort): /
const endTrace = /^---\[ end trace.* \]---$/
const panicOpens = /^Kernel panic - not syncing: /
const panicCloses = /^---\[ end Kernel panic - not syncing: /
const rebooting = /^Rebooting in \d+ seconds\.\./
// arch/arm leaves a blank behind the colon.
const traceOpens = /^ *(?:Call [Tt]race|Backtrace): ?$/
const frame =
  /^ *(?:\[<[0-9a-f]+>\] )?(?:\? )?[A-Za-z_$][\w.$]*\+0x[0-9a-f]+\/0x[0-9a-f]+(?: \[[^\]]+\])?(?: \([A-Z]+\))?$|^ *<\/?(?:TASK|IRQ|NMI|#\w+|EOI|SOFTIRQ)>$|^ *(?:\[<[0-9a-f]+>\] \()?[A-Za-z_$][\w.$]*(?: \[\w+\])?\)? from (?:\[<[0-9a-f]+>\] )?\(?[A-Za-z_$][\w.$]*\+0x/
const killed =
  /^(?:Memory cgroup )?[Oo]ut of memory(?: \([^)]*\))?: Kill(?:ed)? process |^Out of memory and no killable processes/
const teeLine = /^(?:[EFMI]\/TC|E\/LD):/
const teePanic = /^E\/TC:\S*(?: \S+)? +Panic\b/
const registers = /^(?:\s*\w+ {2,}= 0x|x30\s+= 0x|BACKTRACE: |\d+: EL\d: 0x)/

/**
 * Takes the lines of a console, the index at which a fault's signature matched, and the signatures of the faults in the
 * lines after it, by index; returns the range of its report. A report ends at its kind's own closing line, else with its
 * call trace, else after 12 lines, and before the first line with which another fault begins.
 */
export function reportRange(
  lines: readonly ConsoleLine[],
  at: number,
  signature: Signature,
  faults: FaultsByLine,
): ReportRange {
  const text = (index: number) => asPrinted(kernelMessage(lines[index]?.text ?? '').message)
  const first = firstLine(text, at)
  const report: Report = { text, at, most: Math.min(at + longest, lines.length - 1), signature, faults }
  if (!signature.id.startsWith('fault.')) return { first, last: firmwareEnd(lines, report) }
  const final = signature.fault === 'hyp-panic' || panicOpens.test(text(at))
  return { first, last: final ? panicEnd(lines, report) : faultEnd(report, ruler.test(text(at - 1))) }
}

type Text = (index: number) => string

/** A report that begins at `at` and may go on to `most`. */
interface Report {
  text: Text
  at: number
  most: number
  signature: Signature
  faults: FaultsByLine
}

function firstLine(text: Text, at: number): number {
  const before = text(at - 1)
  return ruler.test(before) || before.startsWith('ASSERT_EFI_ERROR') ? at - 1 : cutHereBefore(text, at)
}

/** The last line that the report may have because another fault begins at `index`. */
function beforeFault({ text, at }: Report, index: number): number {
  return Math.max(at, firstLine(text, index) - 1)
}

/**
 * What a WARN has to say comes between its cut-here line and the line that says where (kernel/panic.c __warn_printk()), and
 * which abort it was before the oops of a 32-bit kernel (arch/arm/mm/fault.c do_DataAbort()).
 */
function cutHereBefore(text: Text, at: number): number {
  let first = at
  for (let index = at - 1; index >= at - mostSaid; index--) {
    if (endTrace.test(text(index))) break
    if (cutHere.test(text(index))) return index
    if (first === at && nameless.test(text(at)) && unhandled.test(text(index))) first = index
  }
  return first
}

/** A panic that reboots prints no closing line: it ends where firmware speaks again on the same console; one whose message has several lines closes it on the last of them. */
function panicEnd(lines: readonly ConsoleLine[], { text, at, most }: Report): number {
  let closing = false
  for (let index = at + 1; index <= most; index++) {
    const line = text(index)
    if (rebooting.test(line)) return index
    if (speakerOf(lines[index]?.text ?? '') !== 'NS') return index - 1
    closing ||= panicCloses.test(line)
    if (closing && line.endsWith(' ]---')) return index
  }
  return most
}

function faultEnd(report: Report, ruled: boolean): number {
  const { text, at, most, signature, faults } = report
  const { fault } = signature
  // Of an exhausted memory, the closing line is all that `journalctl -p err` shows.
  if (fault === 'oom' && killed.test(text(at))) return at
  const open = at + openEnd - 1
  let traceEnd: number | undefined
  let inTrace = false
  /** The end of the call trace of RCU's own thread, which may come before that of what stalls. */
  let besideEnd: number | undefined
  let isBeside = false
  for (let index = at + 1; index <= most; index++) {
    const line = text(index)
    if (panicOpens.test(line)) return traceEnd ?? Math.min(index - 1, at + longest)
    if (endTrace.test(line) || (ruled && fault !== 'lockdep' && ruler.test(line))) return index
    if (fault === 'oom' && killed.test(line)) return index
    const other = faults.get(index)
    if (other && (inTrace || traceEnd !== undefined || !goesOnWith(signature, other))) {
      const last = beforeFault(report, index)
      return traceEnd ?? (inTrace ? last : Math.min(besideEnd ?? open, last))
    }
    if (traceEnd !== undefined) continue
    if (fault === 'rcu-stall' && isOfGracePeriods(line)) {
      isBeside = true
      besideEnd = Math.min(index + beside, most)
    }
    if (traceOpens.test(line)) inTrace = true
    else if (inTrace && !frame.test(line)) {
      inTrace = false
      if (isBeside) {
        isBeside = false
        besideEnd = index - 1
        continue
      }
      traceEnd = line.startsWith('Code: ') ? index : index - 1
      if (!closes(fault, ruled)) return traceEnd
    }
  }
  return traceEnd ?? (inTrace ? most : Math.min(besideEnd ?? open, most))
}

/** Whether reports of this kind have a closing line: it is waited for then, else they end with their call trace. */
function closes(fault: Signature['fault'], ruled: boolean): boolean {
  return ['warn', 'oops', 'bug', 'ubsan', 'oom', 'corruption'].includes(fault ?? '') || (ruled && fault !== 'lockdep')
}

/**
 * Firmware closes nothing: OP-TEE's reports are its lines in a row up to a panic, TF-A's its registers, for others 12 lines
 * are quoted, or those up to where somebody else speaks.
 */
function firmwareEnd(lines: readonly ConsoleLine[], report: Report): number {
  const { text, at, most, signature, faults } = report
  const same = [teeLine, registers].find((pattern) => pattern.test(text(at)) || pattern.test(text(at + 1)))
  const open = Math.min(at + openEnd - 1, most)
  let index = at
  if (same)
    while (index < most && (same.test(text(index + 1)) || text(index + 1) === '') && !teePanic.test(text(index + 1)))
      index++
  else
    for (; index < open; index++) {
      const next = lines[index + 1]
      if (next && isOfAnother(signature.world, next)) return index
      const other = faults.get(index + 1)
      if (other && !goesOnWith(signature, other)) return beforeFault(report, index + 1)
    }
  return index
}

/** Whether a line is a kernel's, or that of another world than the one given; where a world cannot be told by one blank it is not another. */
function isOfAnother(world: World, line: ConsoleLine): boolean {
  const { text } = line
  if (stampOf(text) !== undefined || matchSignatures(line)?.signature.stage === 'kernel') return true
  const speaker = speakerOf(text)
  return speaker !== world && (speaker === 'S-EL1' || (speaker === 'EL3' && !text.startsWith('WARNING: ')))
}
