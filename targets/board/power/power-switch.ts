import { setTimeout as delay } from 'node:timers/promises'
import { LabError } from '../../../domain/errors.ts'
import type { PduSpec } from '../../../domain/lab/pdu-spec.ts'
import type { Outlet, PowerSwitch, Switched } from './power.ts'
import { outletOf, sharedPdu, type PduMemory } from './pdu-memory.ts'
import { commandOutletTo } from './switch-outlet.ts'

export interface PowerSwitchOptions {
  pdu: PduSpec
  outlet: string
  /** The outlet itself, as `openOutlet` gives it. */
  driver: Outlet
  /** Seconds that the place must be off before it may be on again. */
  shortestOff: number
  /** The state folder. */
  folder: string
  /** How long a PDU may take to say what it was told to be, seconds. */
  patience?: number
}

const usualPatience = 8

/** The switch of a place that hangs on an outlet. Nothing is asked yet. */
export function createPowerSwitch(options: PowerSwitchOptions): PowerSwitch {
  const { pdu, outlet, driver } = options
  const shared = sharedPdu(pdu, options.folder)
  const parts = { pdu: pdu.name, outlet, driver, patience: options.patience ?? usualPatience }

  async function on(offs: number, signal: AbortSignal): Promise<Switched> {
    for (;;) {
      const switched = await shared.alone(signal, async (memory, keep) => {
        const mine = outletOf(memory, outlet)
        if (mine.offs !== offs) throw voided(pdu.name, outlet)
        const wait = waitFor(memory, outlet, pdu.spacing, options.shortestOff)
        if (wait > 0) return wait
        delete mine.off
        memory.lastOn = { outlet, at: Date.now() }
        const sent = await commandOutletTo('on', parts, mine, keep, signal)
        // The inrush was somewhere between.
        memory.lastOn.at = Date.now()
        await keep()
        return sent
      })
      if (typeof switched !== 'number') return switched
      // Without the lock: an off must not wait for this.
      await delay(switched, undefined, { signal }).catch(() => signal.throwIfAborted())
    }
  }

  async function off(signal: AbortSignal): Promise<{ switched: Switched; offs: number }> {
    return await shared.alone(signal, async (memory, keep) => {
      const mine = outletOf(memory, outlet)
      mine.offs += 1
      // An outlet that is off already, as it says itself, is not off since now.
      const wasOff = mine.off !== undefined && driver.readsBack && (await saysOff(driver, signal))
      const switched = await commandOutletTo('off', parts, mine, keep, signal)
      if (!wasOff) mine.off = Date.now()
      await keep()
      return { switched, offs: mine.offs }
    })
  }

  return {
    on: async (signal) => await on((await shared.peek()).outlets[outlet]?.offs ?? 0, signal),
    off: async (signal) => (await off(signal)).switched,
    cycle: async (signal) => await on((await off(signal)).offs, signal),
    state: (signal) => shared.alone(signal, () => driver.state(signal)),
  }
}

/** How long an on must wait, milliseconds; 0 when it need not. */
export function waitFor(
  memory: PduMemory,
  outlet: string,
  spacing: number,
  shortestOff: number,
  now = Date.now(),
): number {
  const { lastOn } = memory
  const off = memory.outlets[outlet]?.off
  const inrush = lastOn === undefined || lastOn.outlet === outlet ? 0 : left(lastOn.at, spacing * 1000, now)
  return Math.max(inrush, off === undefined ? 0 : left(off, shortestOff * 1000, now))
}

/** What is left of a time; a clock that was set back does not make it longer. */
function left(since: number, milliseconds: number, now: number): number {
  return Math.max(0, Math.min(milliseconds, since + milliseconds - now))
}

async function saysOff(driver: Outlet, signal: AbortSignal): Promise<boolean> {
  // Asked for nothing but a time to wait: what is wrong with the PDU is told by the command that follows.
  return await driver.state(signal).then(
    (state) => state === 'off',
    () => {
      signal.throwIfAborted()
      return false
    },
  )
}

function voided(pdu: string, outlet: string): LabError {
  return new LabError(
    'PlaceBroken',
    `Outlet ${outlet} of PDU ${pdu} was switched off by another command before it could be switched on; it stays off.`,
  )
}
