import { pdu } from '../file/schema-pdus.ts'
import { flash } from '../file/schema-flash.ts'
import { placeConsole } from '../file/schema-places.ts'
import { importClass, type ImportedClass } from './class.ts'
import { importConsole, type ImportedConsole } from './console.ts'
import { importFlash, nobodysAddress, type ImportedFlash } from './flash.ts'
import { importPower, type ImportedPower } from './power.ts'
import type { LabgridGroup, LabgridPart } from './read-labgrid.ts'

type Values = Record<string, unknown>

/** A place of a lab's file, made of what labgrid knows of one machine. */
export interface ImportedPlace {
  group: LabgridGroup
  pdu: Values
  outlet: number | string
  consoles: Values
  flash: Values
  class: ImportedClass
  /** What must be looked at, and what became of nothing: a sentence each. */
  comments: string[]
}

/** A machine that cannot be a place as it stands. */
export interface NoPlace {
  group: LabgridGroup
  comments: string[]
}

/** @returns what becomes of a group or a target; without power or console it cannot be a place */
export function importPlace(group: LabgridGroup): ImportedPlace | NoPlace {
  const toDo: string[] = []
  const nothing: string[] = []
  const consoles: Values = {}
  const found: { power?: { pdu: Values; outlet: number | string }; flash?: Values } = {}
  for (const part of group.resources) {
    const imported = acceptable(importPower(part) ?? importConsole(part) ?? importFlash(part) ?? { why: whyNot(part) })
    if ('why' in imported) nothing.push(`${labelOf(part)}: ${imported.why}`)
    else if ('console' in imported) consoles[consoleName(part, consoles)] = imported.console
    else if ('pdu' in imported && found.power === undefined) found.power = imported
    else if ('flash' in imported && found.flash === undefined) found.flash = imported.flash
    else {
      nothing.push(`${labelOf(part)}: a place has one ${'pdu' in imported ? 'outlet' : 'way to be flashed'}`)
      continue
    }
    if ('toDo' in imported && imported.toDo !== undefined) toDo.push(`${labelOf(part)}: ${imported.toDo}`)
  }
  const said = [...toDo.map((text) => `TO DO: ${text}`), ...nothing.map((text) => `Not taken over: ${text}`)]
  const names = Object.keys(consoles)
  if (found.power === undefined) return { group, comments: [...said, 'No place: nothing here switches its power.'] }
  if (names.length === 0) return { group, comments: [...said, 'No place: it has no console.'] }
  const hasMux = found.flash !== undefined && 'mux' in found.flash
  const placeClass = importClass(group.drivers, hasMux)
  for (const text of placeClass.toDo) said.unshift(`TO DO: ${text}`)
  if (names.length > 1) said.unshift('TO DO: labgrid does not know who speaks on which console; say it with worlds')
  if (found.flash === undefined)
    said.unshift('TO DO: labgrid knows no way by which files get onto it; give the one that there is')
  if (hasMux && placeClass.placeClass['loader'] !== 'self')
    found.flash = { mux: { ...(found.flash!['mux'] as Values), 'load-from': 'mmc 0:1' } }
  return {
    group,
    ...found.power,
    consoles: Object.fromEntries(names.map((name, index) => [name, withWorlds(consoles[name], index)])),
    flash: found.flash ?? { tftp: { folder: '/srv/tftp', server: nobodysAddress } },
    class: placeClass,
    comments: said,
  }
}

type Imported = ImportedPower | ImportedConsole | ImportedFlash

/** @returns what a lab's file takes, or that it takes it not: labgrid looks at less */
function acceptable(imported: Imported): Imported {
  const isGood =
    'pdu' in imported
      ? pdu.safeParse(imported.pdu).success
      : 'console' in imported
        ? placeConsole.safeParse(imported.console).success
        : 'why' in imported || flash.safeParse(imported.flash).success
  return isGood ? imported : { why: 'a parameter is missing, or is none that hyplab can read' }
}

/** The first console is the one that labgrid's drivers take when nobody says which: the kernel speaks there. */
function withWorlds(console: unknown, index: number): unknown {
  return index === 0 ? { ...(console as Values), worlds: ['EL3', 'NS'] } : console
}

function consoleName({ name }: LabgridPart, taken: Values): string {
  if (name !== undefined && /^[A-Za-z][A-Za-z0-9._-]*$/.test(name) && !Object.hasOwn(taken, name)) return name
  let number = Object.keys(taken).length
  while (Object.hasOwn(taken, `uart${number}`)) number += 1
  return `uart${number}`
}

function labelOf({ cls, name }: LabgridPart): string {
  return name === undefined ? cls : `${cls} ${name}`
}

function whyNot({ cls }: LabgridPart): string {
  if (cls === 'NetworkService') return 'hyplab reaches a board by its consoles, not by its network'
  if (cls === 'RemotePlace') return 'its resources are in an exporter file, in a group of its name: give that, too'
  return 'hyplab has no use for it yet'
}
