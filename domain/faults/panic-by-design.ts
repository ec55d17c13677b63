import type { ConsoleLog } from '../console/line.ts'
import { knownIn, type KnownLine, type KnownLog } from '../shown/known-lines.ts'
import { stages } from '../stage.ts'

/**
 * Takes the known lines of all consoles of one boot; returns what tells of a line whether it is a panic that is no fault. TF-A's
 * power-off and reset raise a GPIO and then call panic(), because they must not return (plat/qemu/common/qemu_pm.c
 * qemu_system_off(), qemu_system_reset(), TF-A 2.12.1). QEMU goes away or starts again on the GPIO; on a busy host the CPU
 * comes as far as the panic's line.
 */
export function panicsByDesign(
  consoles: readonly (readonly KnownLine[])[],
): (log: ConsoleLog, known: readonly KnownLine[], line: KnownLine) => boolean {
  const says = (id: string): boolean => consoles.some((lines) => lines.some(({ match }) => match.signature.id === id))
  const [poweredOff, restarted] = [says('tfa.power-off'), says('tfa.reset')]
  return (log, known, { index, match }) => {
    if (match.signature.id !== 'tfa.panic') return false
    // Behind any other panic() TF-A stays for ever.
    return (poweredOff && index === log.lines.length - 1) || (restarted && startsBehind(known, index))
  }
}

/** Whether firmware starts behind a line of its console. */
function startsBehind(known: readonly KnownLine[], at: number): boolean {
  return known.some(({ index, match }) => {
    const { stage } = match.signature
    return index > at && stage !== undefined && stages.indexOf(stage) < stages.indexOf('bl33')
  })
}

/** What the secure world says once it is done and the normal world begins, by signature. */
const handedOver = 'tc.ready'
/** With what TF-A says why it panics. */
const complaint = /^(?:ERROR|WARNING|ASSERT)/

/**
 * Takes the consoles of one boot; returns the line of a panic of TF-A of which nothing tells whether it is one by design:
 * the last word of the only console that there is, on which the normal world does not speak.
 */
export function panicOfUnknownDesign(
  consoles: readonly (ConsoleLog | KnownLog)[],
): { log: ConsoleLog; index: number } | undefined {
  const [log, ...others] = consoles.filter(({ lines }) => lines.length > 0)
  if (!log || others.length > 0) return undefined
  const known = knownIn(log)
  const last = known.at(-1)
  if (last?.match.signature.id !== 'tfa.panic' || last.index !== log.lines.length - 1) return undefined
  const isAlone = known.every(({ match }) => match.signature.world !== 'NS')
  const isRunning = known.some(({ match }) => match.signature.id === handedOver)
  if (!isAlone || !isRunning || complaint.test(log.lines[last.index - 1]?.text ?? '')) return undefined
  return { log, index: last.index }
}
