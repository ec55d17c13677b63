import type { Inventory, LabHost, LabPlace } from '../../domain/lab/inventory.ts'
import { linkHosts } from '../hosts/host-links.ts'
import { hostOfConsole } from './check-console.ts'
import { checkHosts } from './check-hosts.ts'
import type { Checked } from './check-line.ts'
import { PduCheck } from './check-pdu.ts'
import { checkBoard, checkPower, checkProgram } from './check-place.ts'
import type { OpenPlace } from './place.ts'

/** What is to be tried of a lab, and with whose leave. */
export interface LabCheck {
  inventory: Inventory
  /** Those whose lines are tried; with them go their hosts and PDUs. */
  places: readonly LabPlace[]
  /** Whether they are switched on and off, too. */
  power: boolean
  /**
   * Works on a board as its only holder.
   * @returns why it cannot be had, one sentence; undefined when the work was done
   */
  hold(place: LabPlace, work: (open: OpenPlace) => Promise<void>): Promise<string | undefined>
  /** Called for a place that was found healthy. */
  healthy(place: LabPlace): Promise<void>
  /** Gets each line as it is known. */
  told: (checked: Checked) => void
}

/** So many places at once: each has connections to daemons that give but few, and files that are open. */
const atOnce = 16

/**
 * Tries every line of a lab on the real thing, all at once where that is safe; to a PDU goes one command at a time. Nothing is
 * switched but with `power`.
 * @throws the signal's reason when aborted; nothing is left on then, nor open
 */
export async function checkLab(check: LabCheck, signal: AbortSignal): Promise<void> {
  const { inventory, places, told } = check
  const links = linkHosts(inventory.hosts)
  const isWhole = places.length === Object.keys(inventory.places).length
  const hosts = checkHosts(isWhole ? Object.values(inventory.hosts) : hostsOf(check), links, told, signal)
  const pdus = new Map(pdusOf(check, isWhole).map((pdu) => [pdu.name, new PduCheck(pdu, told, signal)]))
  const trial = { inventory, link: (host: string) => links.link(host), hosts, pdus, told, signal }

  async function checkPlace(place: LabPlace): Promise<void> {
    const { model } = inventory.classes[place.class]!
    if (model) {
      if ((await checkProgram(place, model.binary, trial)) && check.power) await check.healthy(place)
      return
    }
    const held = await check.hold(place, async (open) => {
      const sound = await checkBoard(place, open, trial)
      if (check.power && (await checkPower(place, open, sound, trial))) await check.healthy(place)
    })
    if (held !== undefined) told({ at: place.at, what: place.name, outcome: 'skipped', said: held })
  }

  try {
    await eachOf(places, checkPlace)
    await hosts.done
    for (const pdu of pdus.values()) pdu.end('Not asked: no place that hangs on it could be had.')
  } finally {
    await links.close()
  }
}

/** Works on all of them, some at a time; the first error is thrown when all that was begun has ended. */
async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items]
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, worker))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
}

function pdusOf({ inventory, places }: LabCheck, isWhole: boolean): Inventory['pdus'][string][] {
  const used = new Set(places.map(({ power }) => power?.pdu))
  return Object.values(inventory.pdus).filter(({ name }) => isWhole || used.has(name))
}

/** The hosts that places are reached through, and those that these hosts are reached through. */
function hostsOf({ inventory, places }: LabCheck): LabHost[] {
  const found = new Set<string>()
  const add = (name: string | undefined): void => {
    if (name === undefined || found.has(name)) return
    found.add(name)
    add(inventory.hosts[name]?.ssh?.jump)
  }
  for (const { host, power, consoles, flash } of places) {
    add(host)
    add(flash?.host)
    for (const console of Object.values(consoles)) add(hostOfConsole(console))
    const pdu = power && inventory.pdus[power.pdu]
    if (pdu?.kind === 'command') add(pdu.host)
  }
  return Object.values(inventory.hosts).filter(({ name }) => found.has(name))
}
