import type { Evidence } from '../evidence.ts'
import type { Finding } from '../finding.ts'
import type { FaultKind } from '../signatures/signature.ts'
import { citeLines, citeRecord } from './cite.ts'
import { fail, pass, unknown, type SomeEvidence } from './outcome.ts'
import type { Probe } from './probe.ts'
import type { Seen, Sighting } from './seen.ts'

/** Whether something broke, in the kernel or in the firmware. Always judged: how an attempt ended rests on it. */
export const faults: Probe = {
  group: 'fault',
  findings: [
    {
      id: 'fault.kernel',
      asks: 'Is the kernel free of panics, oopses, warnings, lockups, stalls and sanitizer reports?',
      outcomes: ['pass', 'fail', 'unknown'],
      since: 1,
    },
    {
      id: 'fault.firmware',
      asks: 'Is the firmware free of panics, asserts, exceptions and failed loads?',
      outcomes: ['pass', 'fail', 'unknown'],
      since: 1,
    },
  ],
  wants: [],
  config: [],
  judge: (seen) => [
    finding(seen, 'fault.kernel', 'kernel', (line) => line.match.signature.id.startsWith('fault.')),
    finding(seen, 'fault.firmware', 'firmware', (line) => !line.match.signature.id.startsWith('fault.')),
  ],
}

/** The report of one fault: from its first line to the line that closes it. */
interface Fault {
  kind: FaultKind
  title: string
  evidence: Evidence
}

/** A report has its closing line within so many lines; after that, a new fault line is a new fault. */
const longestReport = 200
/** Lines of a report that have no closing line which are quoted. */
const quotedLines = 12

/**
 * Rests on the fault lines of the signature catalogue (kernel: panic, oops, BUG, WARN in both wordings, lockups, stalls,
 * sanitizers, hypervisor panics; firmware: TF-A panics, asserts and failed loads, OP-TEE panics and aborts). Facts:
 * `kind` and `title` of the fault that matters most, `count` of faults, `warning` when none was more than a warning,
 * `panic` when one was a panic. Without such a line only a boot whose init said its end passes: silence may have
 * swallowed the report.
 */
function finding(seen: Seen, id: string, where: string, ours: (line: Sighting) => boolean): Finding {
  const found = faultsIn(seen, ours)
  const main = mainOf(found)
  if (main) {
    const others = found.filter((fault) => fault !== main).slice(0, 4)
    const more = found.length > 1 ? ` (and ${found.length - 1} more)` : ''
    const evidence: SomeEvidence = [main.evidence, ...others.map((fault) => fault.evidence)]
    const facts = {
      kind: main.kind,
      title: main.title,
      count: found.length,
      warning: found.every(({ kind }) => kind === 'warn'),
      panic: found.some(({ kind }) => kind === 'panic' || kind === 'hyp-panic'),
    }
    return fail(id, `The ${where} reported: ${main.title}${more}.`, evidence, facts)
  }
  const end = seen.records('end').at(-1)
  if (end) return pass(id, `No console shows a fault of the ${where}, and the boot came to its end.`, [citeRecord(end)])
  return unknown(id, `No console shows a fault of the ${where}, but the boot did not come to its end either.`)
}

function faultsIn(seen: Seen, ours: (line: Sighting) => boolean): Fault[] {
  const found: Fault[] = []
  let open: { log: Sighting['log']; until: number } | undefined
  for (const line of seen.sightings) {
    const kind = line.match.signature.fault
    if (!kind || !ours(line) || isPowerOff(seen, line)) continue
    if (open && open.log === line.log && line.index <= open.until) continue
    const until = lastLineOf(seen, line)
    open = { log: line.log, until }
    const cut = line.log.lines[line.index - 1]?.text.endsWith('[ cut here ]------------') ? 1 : 0
    found.push({
      kind,
      title: line.match.message.slice(0, 200),
      evidence: citeLines(line.log, line.index - cut, until),
    })
  }
  return found
}

/**
 * TF-A's power-off raises a GPIO and then calls panic(), because it must not return (plat/qemu/common/qemu_pm.c
 * qemu_system_off(), TF-A 2.12.1). QEMU goes away on the GPIO; on a busy host the CPU comes as far as the panic's line.
 */
function isPowerOff(seen: Seen, { match, log, index }: Sighting): boolean {
  const isLast = index === log.lines.length - 1
  return match.signature.id === 'tfa.panic' && isLast && seen.first('tfa.power-off') !== undefined
}

function lastLineOf(seen: Seen, start: Sighting): number {
  const end = seen
    .all('fault.end-trace')
    .find(({ log, index }) => log === start.log && index > start.index && index - start.index <= longestReport)
  // A panic is told by its own closing line, which comes after the last of the trace, so a report never swallows one.
  const panic = seen.all('fault.panic').find(({ log, index }) => log === start.log && index > start.index)
  const last = Math.min(end?.index ?? Number.POSITIVE_INFINITY, panic ? panic.index - 1 : Number.POSITIVE_INFINITY)
  return Number.isFinite(last) && last - start.index <= longestReport
    ? last
    : Math.min(start.index + quotedLines - 1, start.log.lines.length - 1)
}

/** The first fault that is more than a warning is the cause and what follows it a consequence; a warning counts where it made the kernel panic. */
function mainOf(found: Fault[]): Fault | undefined {
  const worst = found.findIndex(({ kind }) => kind !== 'warn')
  const fault = found[worst]
  if (!fault) return found[0]
  return /panic_on_warn set/.test(fault.title) ? (found[worst - 1] ?? fault) : fault
}
