import { LabError } from '../../domain/errors.ts'
import type { PlaceClaim } from '../../host/claim.ts'
import type { Powered, PowerUp, TargetEnd } from '../powered.ts'
import { blameTpm } from './blame-tpm.ts'
import { stillSentence, shutdownSentence } from './end-sentence.ts'
import { inheritedFd, launchQemu } from './launch.ts'
import type { Machine } from './running-machine.ts'
import { machineArguments } from './machine.ts'
import { awaitGone, forceOff, powerOff } from './power-off.ts'
import type { QemuOrder } from './qemu-order.ts'
import { requireFiles, sizeOf } from './require-files.ts'
import { swtpmGoneSentence, type Swtpm } from '../swtpm.ts'
import { startTpm, type TpmPart } from './tpm.ts'
import { tracerArguments } from './tracer.ts'

/**
 * Powers a QEMU machine up: paused, its UARTs and the record channel attached, its TPM on.
 * It throws LabError TargetBroken (QEMU missing, refusing its arguments, a file unreadable), BadInput (memory or command line
 * do not fit, the stack speaks on UARTs that the machine has not).
 */
export function powerQemu(order: QemuOrder): PowerUp {
  return async (claim, signal) => {
    requireFiles(order)
    const setup = order.machine ? undefined : order.setup.tpm
    const tpm = setup && (await startTpm(order.folder, order, setup, signal))
    try {
      return powered(await launch(order, tpm, claim, signal), tpm?.swtpm)
    } catch (error) {
      await tpm?.swtpm.stop()
      throw error
    }
  }
}

async function launch(
  order: QemuOrder,
  tpm: TpmPart | undefined,
  claim: PlaceClaim,
  signal: AbortSignal,
): Promise<Machine> {
  const machineTpm = tpm && { channel: `fd=${inheritedFd}`, acpiTables: tpm.acpiTables }
  const below = order.machine ?? machineArguments(order, sizeOf(order.files.initrd, 'initrd'), machineTpm)
  const inherit = tpm ? [tpm.swtpm.socket] : []
  const machine = await launchQemu(
    { folder: order.folder, consoles: order.setup.consoles, token: claim.token, inherit },
    [...below, ...tracerArguments(order)],
    signal,
  ).catch((error: unknown) => blameTpm(signal.aborted ? undefined : tpm?.swtpm, error))
  try {
    claim.hold(machine.pgid)
    return machine
  } catch (error) {
    for (const { stream } of machine.lines) stream.resume()
    await forceOff(machine)
    throw error
  }
}

function powered(machine: Machine, tpm: Swtpm | undefined): Powered {
  const { promise: ended, resolve } = Promise.withResolvers<TargetEnd>()
  let ending = false
  machine.qmp.onEvent((event) => {
    if (event.event !== 'SHUTDOWN' || event.data?.['guest'] !== true) return
    ending = true
    resolve({ kind: 'power-off', reason: shutdownSentence(event) })
  })
  void machine.gone.then(async ({ code }) => {
    const complaint = await machine.complaint()
    const said = complaint === '' ? 'it said nothing' : `it said: ${complaint}`
    resolve({ kind: 'lost', reason: `QEMU ended with code ${code} while the target was running; ${said}.` })
  })
  void tpm?.gone.then(async ({ code }) => {
    // It also ends when QEMU does, and then with 0.
    if (code !== 0) resolve({ kind: 'lost', reason: await swtpmGoneSentence(tpm, code) })
  })
  return {
    lines: machine.lines,
    ended,
    pulse: { ask: () => machine.qmp.execute('query-status'), stillSentence },
    async go() {
      await machine.qmp.execute('cont').catch((error: unknown) => {
        // That QEMU goes away before it answers is seen, and told better, by `ended`.
        if (!(error instanceof LabError) || !error.retryable) throw error
      })
    },
    async askOff() {
      const forced = await (ending ? awaitGone(machine) : powerOff(machine))
      await tpm?.stop()
      return forced
    },
    async forceOff() {
      await forceOff(machine)
      await tpm?.stop()
    },
  }
}
