import type { Fault } from '../faults/fault.ts'
import { whyNoInit, type InitRefused } from '../faults/why-no-init.ts'
import type { Finding } from '../finding.ts'
import type { Sighting } from '../signatures/sighting.ts'
import { stages } from '../stage.ts'
import { cite, citeLines, citeRecord } from '../evidence/cite.ts'
import { panicOfUnknownDesign } from '../faults/panic-by-design.ts'
import { fail, pass, unknown, type SomeEvidence } from './outcome.ts'
import type { Probe } from './probe.ts'
import type { Seen } from './seen.ts'

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
  judge: (seen) => {
    const found = [...seen.faults, ...floodIn(seen)]
    return (['kernel', 'firmware'] as const).map((where) =>
      finding(
        seen,
        where,
        found.filter((fault) => fault.where === where),
      ),
    )
  },
}

/** A target that was switched off because it said more than its plan allows, from the world that spoke then. */
function floodIn({ shown }: Seen): Fault[] {
  const { host, consoles } = shown
  if (host.stop !== 'flood') return []
  const log = consoles.find(({ console }) => console === host.flooded) ?? consoles[0]
  if (!log) return []
  const last = log.lines.length - 1
  const where = stages.indexOf(host.stage) >= stages.indexOf('kernel') ? 'kernel' : 'firmware'
  const title = `flood of ${log.console} in stage ${host.stage}`
  const evidence = citeLines(log, Math.max(0, last - quotedFlood + 1), last)
  return [{ where, kind: 'flood', title, evidence, warning: false, panic: false, onWarning: false }]
}

/** Lines from a flood's end that are quoted. */
const quotedFlood = 6
/** Faults beside the one that matters most which are quoted. */
const quotedOthers = 4

/**
 * Rests on the fault lines of the signature catalogue (domain/signatures/kernel-*.ts, trusted-firmware.ts, op-tee.ts,
 * boot-loaders.ts) and on firmware that starts three times without coming to a kernel. Facts: `kind` and `title` of the
 * fault that matters most, `count` of faults, `warning` when none was more than a warning, `panic` when one was a panic.
 * Without such a line only a boot whose init said its end passes: silence may have swallowed the report.
 */
function finding(seen: Seen, where: Fault['where'], found: Fault[]): Finding {
  const id = `fault.${where}`
  const main = mainOf(found)
  if (main) {
    const others = found.filter((fault) => fault !== main).slice(0, quotedOthers)
    // Each report has one such line, next to always.
    const unkept = seen.shown.consoles.reduce((sum, console) => sum + (console.unkept?.[where] ?? 0), 0)
    const count = found.length + unkept
    const more = count > 1 ? ` (and ${unkept > 0 ? 'some ' : ''}${count - 1} more)` : ''
    const evidence: SomeEvidence = [main.evidence, ...others.map((fault) => fault.evidence)]
    const facts = {
      kind: main.kind,
      title: main.title,
      count,
      warning: found.every(({ warning }) => warning),
      panic: found.some(({ panic }) => panic),
    }
    const why = main.kind === 'no-init' || main.kind === 'no-root' ? whyNot(seen, main.title) : undefined
    if (why?.line) evidence.push(cite(why.line))
    const sentence =
      main.kind === 'flood'
        ? `The ${where} said more on ${main.evidence.console} than its plan allows${more}.`
        : `The ${where} reported: ${main.title}${more}${why ? `; ${why.says}` : ''}.`
    return fail(id, sentence, evidence, why ? { ...facts, init: why.path, errno: why.errno } : facts)
  }
  const panic = where === 'firmware' ? panicOfUnknownDesign(seen.shown.consoles) : undefined
  if (panic)
    return unknown(
      id,
      "TF-A's last word is a panic, as it is behind an orderly power-off, too: the console of the kernel would tell.",
      [citeLines(panic.log, panic.index, panic.index)],
    )
  const end = seen.records('end').at(-1)
  if (end) return pass(id, `No console shows a fault of the ${where}, and the boot came to its end.`, [citeRecord(end)])
  const silent = `No console shows a fault of the ${where}, but the boot did not come to its end either`
  const why = where === 'kernel' ? whyNot(seen, '') : undefined
  if (why?.line && why.file === 'there') return unknown(id, `${silent}; ${why.says}.`, [cite(why.line)])
  const down = seen.last('linux.power-down') ?? seen.last('linux.restart')
  if (down)
    return unknown(
      id,
      `No console shows a fault of the ${where}, and the kernel went down in order; nothing tells whether it said all.`,
      [cite(down)],
    )
  return unknown(id, `${silent}.`)
}

/** A program that the kernel should have run and could not, and what that means in words. */
interface WhyNot extends InitRefused {
  says: string
  /** The line that says it, where it is not the panic's own. */
  line?: Sighting
}

/** Takes the title of the panic that no init could be run; returns what the kernel says of the first program that it should have run (init/main.c kernel_init(), 6.18.5). */
function whyNot(seen: Seen, title: string): WhyNot | undefined {
  for (const line of seen.all('linux.init-failed')) {
    const { path = '', errno, rdinit, access, init, error } = line.match.groups
    const refused: InitRefused = {
      path: rdinit ?? init ?? path,
      errno: Number(access ?? error ?? errno),
      file: rdinit ? 'missing' : 'there',
    }
    const says = refused.path && whyNoInit(refused)
    if (says) return { ...refused, says, line }
  }
  const [, path = '', errno] = /^no init: Requested init (\S+) failed \(error (-?\d+)\)/.exec(title) ?? []
  const refused: InitRefused = { path, errno: Number(errno), file: 'unknown' }
  const says = path && whyNoInit(refused)
  return says ? { ...refused, says } : undefined
}

/** The first fault that is more than a warning is the cause and what follows it a consequence; a warning counts where it made the kernel panic. */
function mainOf(found: Fault[]): Fault | undefined {
  const worst = found.findIndex(({ warning }) => !warning)
  const fault = found[worst]
  if (!fault) return found[0]
  return fault.onWarning ? (found.slice(0, worst).findLast(({ kind }) => kind === 'warn') ?? fault) : fault
}
