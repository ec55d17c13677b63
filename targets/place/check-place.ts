import type { Inventory, LabPlace } from '../../domain/lab/inventory.ts'
import type { At } from '../../domain/lab/at.ts'
import type { HostLink } from '../hosts/host-link.ts'
import { checkConsole, hostOfConsole } from './check-console.ts'
import { checkFlash, nameOfFlash } from './check-flash.ts'
import { checkHealth } from './check-health.ts'
import type { ReachedHosts } from './check-hosts.ts'
import { NotTried, tryLine, type Checked } from './check-line.ts'
import { checkModel } from './check-model.ts'
import type { PduCheck } from './check-pdu.ts'
import type { OpenPlace } from './place.ts'

/** What the lines of places are tried with. */
export interface Trial {
  inventory: Inventory
  link: (host: string) => HostLink
  hosts: ReachedHosts
  /** By the name of the PDU. */
  pdus: ReadonlyMap<string, PduCheck>
  /** Gets each line as it is known. */
  told: (checked: Checked) => void
  signal: AbortSignal
}

/** A line of a place: what it names, the hosts that it is reached through, and how it is tried. */
interface PlaceLine {
  at: At
  what: string
  needs: (string | undefined)[]
  work: () => Promise<string>
}

/**
 * Tries the lines of a board, all at once, as its only holder; nothing is switched.
 * @returns whether none is broken
 */
export async function checkBoard(place: LabPlace, open: OpenPlace, trial: Trial): Promise<boolean> {
  const ends = await Promise.allSettled(linesOf(place, open, trial).map((line) => tryPlaceLine(place, line, trial)))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
  return ends.every((end) => end.status === 'fulfilled' && end.value.outcome !== 'broken')
}

/**
 * Switches a board on and off, as its only holder, to see that it is healthy.
 * @param sound whether its other lines are
 * @returns whether it is healthy
 */
export async function checkPower(place: LabPlace, open: OpenPlace, sound: boolean, trial: Trial): Promise<boolean> {
  const work = async (): Promise<string> => {
    if (!sound) throw new NotTried('Not switched on: another line of it is wrong.')
    return await checkHealth(open, place, trial.signal)
  }
  const { outcome } = await tryPlaceLine(place, { at: place.at, what: 'power', needs: [], work }, trial)
  return outcome === 'fine'
}

/** Tries a place that is a program. @returns whether it is there */
export async function checkProgram(place: LabPlace, binary: string, trial: Trial): Promise<boolean> {
  const { inventory, link, signal } = trial
  const { at, host } = place
  const far = inventory.hosts[host]?.ssh ? link(host) : undefined
  const line = { at, what: `model ${binary}`, needs: [host], work: () => checkModel({ binary }, far, signal) }
  return (await tryPlaceLine(place, line, trial)).outcome === 'fine'
}

async function tryPlaceLine(
  { name }: LabPlace,
  { at, what, needs, work }: PlaceLine,
  { hosts, told, signal }: Trial,
): Promise<Checked> {
  const withHosts = async (): Promise<string> => {
    for (const host of needs) await hosts.need(host)
    return await work()
  }
  const checked = await tryLine(at, `${name}, ${what}`, withHosts, signal)
  told(checked)
  return checked
}

function linesOf(
  place: LabPlace,
  { power: powerSwitch }: OpenPlace,
  { inventory, link, pdus, signal }: Trial,
): PlaceLine[] {
  const { power, consoles, flash } = place
  const lines: PlaceLine[] = Object.values(consoles).map((console) => ({
    at: console.at,
    what: `console ${console.name}`,
    needs: [hostOfConsole(console)],
    work: () => checkConsole(console, link, signal),
  }))
  const pdu = power && inventory.pdus[power.pdu]
  if (pdu && powerSwitch)
    lines.unshift({
      at: power.at,
      what: `outlet ${power.outlet} of ${pdu.name}`,
      needs: [pdu.kind === 'command' ? pdu.host : undefined],
      work: () => pdus.get(pdu.name)!.ask(place, powerSwitch),
    })
  if (flash)
    lines.push({
      at: flash.at,
      what: nameOfFlash(flash),
      needs: [flash.host],
      work: () => checkFlash(flash, link(flash.host), signal),
    })
  return lines
}
