import type { ConsoleLog } from '../console/line.ts'
import { citeLines } from '../evidence/cite.ts'
import type { KnownLine } from '../shown/known-lines.ts'
import { stages } from '../stage.ts'
import type { Fault } from './fault.ts'

/** Firmware that starts so often without a kernel in between is in a loop; one restart may be its own wish. */
const starts = 3
const banners = ['tfa.welcome', 'uboot.banner', 'edk2.banner']

/**
 * Takes a console and its known lines; returns the fault that its firmware starts again and again and never comes to a
 * kernel, or undefined. Counted is the first banner that the console shows, of that version, so that firmware of several
 * parts counts once, and a U-Boot that starts another one too.
 */
export function resetLoop(log: ConsoleLog, known: readonly KnownLine[]): Fault | undefined {
  const first = known.find(({ match }) => banners.includes(match.signature.id))?.match
  const banner = first?.signature.id
  let run: number[] = []
  for (const { index, match } of known) {
    const { id, stage } = match.signature
    if (id === banner && match.groups['version'] === first?.groups['version']) run.push(index)
    else if (stage && stages.indexOf(stage) >= stages.indexOf('kernel')) run = []
    if (run.length < starts) continue
    const name = { 'tfa.welcome': 'TF-A', 'uboot.banner': 'U-Boot', 'edk2.banner': 'EDK2' }[banner ?? '']
    return {
      where: 'firmware',
      kind: 'reset-loop',
      title: `${name} starts again and again, and no kernel comes`,
      evidence: citeLines(log, run[0] ?? index, index),
      warning: false,
      panic: false,
      onWarning: false,
    }
  }
  return undefined
}
