import type { Ending, Shown } from '../attempt.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { Finding } from '../finding.ts'
import { citeLines, citeRecord } from '../evidence/cite.ts'
import { knownIn } from '../shown/known-lines.ts'
import { kernelLogOf } from '../records/kernel-log.ts'
import { stages } from '../stage.ts'
import { madeByStandstill, standstillSentence, stoodTooLong } from '../standstill.ts'
import { voidingTaint } from '../taint/taints-of.ts'
import { isOfLab } from './of-lab.ts'

/** How an attempt ended, why, and what shows it. */
export interface AttemptEnding {
  ending: Ending
  sentence: string
  evidence: Evidence[]
}

/**
 * Takes what an attempt showed and its findings (those of the group `fault` included); returns how it ended.
 * What the kernel or the firmware did comes before what our host did: a panic that is in the log stays a panic when the
 * host broke afterwards, so that it is never retried away. A warning ends no boot, and neither does a fault after which
 * init still came to its end; both are findings. Only what a kernel reads off its clock (a stall, a lockup) is not its
 * doing where the host let it stand still meanwhile.
 */
export function endingOf(shown: Shown, findings: readonly Finding[]): AttemptEnding {
  const { host } = shown
  if (host.stop === 'cancelled') return ending('cancelled', host.reason || 'The attempt was cancelled.')
  const flood = host.stop === 'flood' ? flooded(shown, findings) : undefined
  if (flood) return flood
  const byTheClock = madeByStandstill(host, findings)
  if (byTheClock) {
    const sentence = `${standstillSentence(host.stoodStill!)} That may be why: ${byTheClock.sentence}`
    return ending('tainted', sentence, byTheClock.evidence)
  }
  const end = shown.records.find(({ body }) => body.fact === 'end')
  const kernel = stopping(findings, 'fault.kernel', end !== undefined)
  if (kernel) return ending('kernel-fault', kernel.sentence, kernel.evidence)
  const firmware = stopping(findings, 'fault.firmware', end !== undefined)
  if (firmware) return ending('firmware-fault', firmware.sentence, firmware.evidence)
  const gap = unmendedLog(shown)
  if (gap) return gap
  const taint = voidingTaint(shown.consoles)
  if (taint) return ending('tainted', taint.sentence, taint.evidence)
  if (stoodTooLong(host) && host.stop !== 'lost') return ending('infra', standstillSentence(host.stoodStill!))
  if (end && !stoodTooLong(host)) return ending('finished', 'The boot came to its end and said so.', [citeRecord(end)])
  if (host.stop === 'lost')
    return ending('infra', host.reason || 'The target or its host was lost.', labEvidence(findings))
  const dead = deadPlace(shown, findings)
  if (dead) return dead
  if (host.stop === 'silence' || host.stop === 'forced' || host.stop === 'asked-off')
    return ending('hung', host.reason || `Nothing more came in stage ${host.stage}.`, lastWords(shown))
  return offByItself(shown)
}

/** Who said more than the plan allows has broken, whatever else it said and however slow its host was. */
function flooded({ host }: Shown, findings: readonly Finding[]): AttemptEnding | undefined {
  const kernelRan = stages.indexOf(host.stage) >= stages.indexOf('kernel')
  const fault = findings.find(
    ({ id, outcome }) => id === `fault.${kernelRan ? 'kernel' : 'firmware'}` && outcome === 'fail',
  )
  if (!fault) return undefined
  return ending(kernelRan ? 'kernel-fault' : 'firmware-fault', `${host.reason} ${fault.sentence}`, fault.evidence)
}

/** Lines of the kernel's log that came damaged and could not be had again: what they said may be what counts. */
function unmendedLog({ heard = [], records }: Shown): AttemptEnding | undefined {
  const log = kernelLogOf(heard, records)
  if (!log) return undefined
  const { console, lines, damaged, mended, sums } = log
  const left = damaged.length - mended
  if (left === 0) return undefined
  const sentence = `${left} of the ${lines} lines of the kernel's log did not come whole over ${console}, and could not be had again.`
  return ending('tainted', sentence, sums.slice(0, 1).map(citeRecord))
}

/** What the lab itself did or said, where it broke. */
function labEvidence(findings: readonly Finding[]): Evidence[] {
  return findings.filter(({ id, outcome }) => isOfLab(id) && outcome === 'fail').flatMap(({ evidence }) => evidence)
}

/** A silence behind which the place does not answer either, switched off and on, is no kernel's doing. */
function deadPlace({ host }: Shown, findings: readonly Finding[]): AttemptEnding | undefined {
  const ill = host.stop === 'silence' ? findings.find(({ id }) => id === 'lab.health') : undefined
  if (ill?.outcome !== 'fail') return undefined
  return ending('infra', `${ill.sentence} ${host.reason}`.trim(), ill.evidence)
}

/** A fault finding that stopped the boot: a panic always, anything but a warning where init did not come to its end. */
function stopping(findings: readonly Finding[], id: string, ended: boolean): Finding | undefined {
  const fault = findings.find((finding) => finding.id === id && finding.outcome === 'fail')
  if (!fault || fault.facts['warning'] === true) return undefined
  return ended && fault.facts['panic'] !== true ? undefined : fault
}

/**
 * The machine went off and init never said its end: in order, then the records are what is missing; or not, then kernel
 * or firmware reset it without a word (QEMU leaves on a reset too, with -no-reboot).
 */
function offByItself(shown: Shown): AttemptEnding {
  for (const log of shown.consoles) {
    const down = knownIn(log).findLast(({ match }) => match.signature.id === 'linux.power-down')
    if (down)
      return ending('tainted', 'The target powered off in order, but its last record never came.', [
        citeLines(log, down.index, down.index),
      ])
  }
  const words = lastWords(shown)
  if (words.length === 0) return ending('infra', 'The target went off and no console had said a word.')
  const kernelRan = stages.indexOf(shown.host.stage) >= stages.indexOf('kernel')
  const sentence = `The target went off by itself in stage ${shown.host.stage}, without a word of why.`
  return ending(kernelRan ? 'kernel-fault' : 'firmware-fault', sentence, words)
}

/** The last lines of each console that spoke. */
function lastWords(shown: Shown): Evidence[] {
  return shown.consoles
    .filter(({ lines }) => lines.length > 0)
    .map((log) => citeLines(log, Math.max(0, log.lines.length - 3), log.lines.length - 1))
}

function ending(name: Ending, sentence: string, evidence: Evidence[] = []): AttemptEnding {
  return { ending: name, sentence, evidence }
}
