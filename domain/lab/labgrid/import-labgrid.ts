import type { LocatedError } from '../../yaml/located-error.ts'
import { importPlace, type ImportedPlace, type NoPlace } from './place.ts'
import { readLabgrid, type LabgridGroup } from './read-labgrid.ts'
import { writeLab, type Commented } from './write-lab.ts'

/** A lab's file made of labgrid's, or why those cannot be read. */
export type ImportedLab =
  { ok: true; text: string; /** How many places it has. */ places: number } | { ok: false; errors: LocatedError[] }

/**
 * Makes a lab's file of labgrid's exporter and environment files. What became of nothing, and what must be looked at, is a
 * comment where it belongs. A target takes the resources of the exporter's group that has its name, or that of its
 * RemotePlace.
 *
 * @param files each with its name and its text
 */
export function importLabgrid(files: { file: string; text: string }[]): ImportedLab {
  const read = files.map(({ text, file }) => readLabgrid(text, file))
  const errors = read.flatMap((one) => (one.ok ? [] : one.errors))
  if (errors.length > 0) return { ok: false, errors }
  const groups = joinTargets(read.flatMap((one) => (one.ok ? one.groups : [])))
  const imported = groups.map(importPlace)
  const lab = new Assembly()
  for (const one of imported) lab.add(one)
  const from = files.map(({ file }) => file).join(' and ')
  return { ok: true, text: writeLab(lab.file, [`Made of ${from}, which are labgrid's.`], lab.left), places: lab.count }
}

/** A target that stands for a place of the coordinator has drivers; the resources are in the exporter's group. */
function joinTargets(groups: LabgridGroup[]): LabgridGroup[] {
  const joined = new Map<LabgridGroup, LabgridGroup>()
  for (const target of groups) {
    const remote = target.resources.find(({ cls }) => cls === 'RemotePlace')
    if (remote === undefined) continue
    const group = groups.find(({ name, resources }) => name === remote.name && !resources.includes(remote))
    if (group === undefined) continue
    joined.set(group, { ...group, drivers: target.drivers })
    joined.set(target, { ...target, resources: target.resources.filter((part) => part !== remote) })
  }
  return groups.map((group) => joined.get(group) ?? group).filter(({ resources }) => resources.length > 0)
}

type Values = Record<string, Commented>

/** The parts of the lab's file as they come together: what is equal is written once, what was taken is not taken twice. */
class Assembly {
  readonly file: { pdus: Values; classes: Values; places: Values } = { pdus: {}, classes: {}, places: {} }
  /** What is said at the end of the file: of machines that are no places. */
  readonly left: string[] = []
  readonly #names = new Map<string, string>()
  readonly #taken = new Map<string, string>()
  readonly #devices = new Map<string, string>()

  get count(): number {
    return Object.keys(this.file.places).length
  }

  add(one: ImportedPlace | NoPlace): void {
    const { group } = one
    const who = `${group.name} of ${group.file}`
    if (!('pdu' in one)) return void this.left.push(who, ...one.comments.map((text) => `  ${text}`))
    const wires = [
      { key: JSON.stringify([one.pdu, one.outlet]), what: 'outlet' },
      ...Object.values(one.consoles).map((console) => ({ key: wireOf(console), what: 'console' })),
    ]
    const twice = wires.find(({ key }, index) => this.#taken.has(key) || wires.findIndex((w) => w.key === key) < index)
    const device = deviceOf(one.pdu)
    const other = device === undefined ? undefined : this.#devices.get(device)
    const text =
      twice !== undefined
        ? `No place: its ${twice.what} is that of ${this.#taken.get(twice.key) ?? 'another of its own'}.`
        : other !== undefined && other !== JSON.stringify(one.pdu)
          ? 'No place: its PDU is spoken to in another way above.'
          : undefined
    if (text !== undefined) return void this.left.push(who, ...[...one.comments, text].map((said) => `  ${said}`))
    for (const { key } of wires) this.#taken.set(key, who)
    if (device !== undefined) this.#devices.set(device, JSON.stringify(one.pdu))
    const pdu = this.#once(this.file.pdus, 'pdu', one.pdu)
    const placeClass = this.#once(this.file.classes, 'board', one.class.placeClass)
    const name = free(this.file.places, nameOf(group.name))
    const value = {
      class: placeClass,
      power: { pdu, outlet: one.outlet },
      consoles: one.consoles,
      flash: one.flash,
    }
    const comments = name === group.name ? one.comments : [`In ${group.file} it is ${group.name}.`, ...one.comments]
    this.file.places[name] = { value, comments }
  }

  /** @returns the name of an equal one that is there, or of this one, which is added */
  #once(section: Values, stem: string, value: Record<string, unknown>): string {
    const key = `${stem} ${JSON.stringify(value)}`
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const name = free(section, `${stem}${Object.keys(section).length + 1}`)
    section[name] = { value, comments: [] }
    this.#names.set(key, name)
    return name
  }
}

/** What makes two PDUs one device. */
function deviceOf({ snmp, http }: Record<string, unknown>): string | undefined {
  const { address, port = 161, url } = (snmp ?? http ?? {}) as Record<string, string | number>
  return url !== undefined ? String(url) : address !== undefined ? `${address}:${port}` : undefined
}

/** What makes two consoles the same UART. */
function wireOf(console: unknown): string {
  const { telnet, raw, tty } = console as Record<string, string>
  return (telnet ?? raw)?.replace(/^(127\.0\.0\.1|::1):/, 'localhost:') ?? tty ?? ''
}

/** @returns a name that a lab's file takes */
function nameOf(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z]+/, '')
  return plain === '' ? 'place' : plain
}

function free(section: Values, name: string): string {
  if (!Object.hasOwn(section, name)) return name
  let number = 2
  while (Object.hasOwn(section, `${name}-${number}`)) number += 1
  return `${name}-${number}`
}
