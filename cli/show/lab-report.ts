import type { ConsoleSpec } from '../../domain/lab/console-spec.ts'
import { counted } from '../../domain/counted.ts'
import type { FlashSpec } from '../../domain/lab/flash-spec.ts'
import type { Inventory, LabHost, LabPlace, PlaceClass, PlaceConsole } from '../../domain/lab/inventory.ts'
import type { PduSpec } from '../../domain/lab/pdu-spec.ts'
import type { Context } from '../context.ts'
import { table } from './table.ts'

/** What a lab's file names: hosts, PDUs, classes and places, a line each. */
export function labReport(path: string, lab: Inventory, paint: Context['paint']): string {
  const count = (things: object, one: string): string => counted(Object.keys(things).length, one)
  const section = (title: string, rows: string[][]): string[] =>
    rows.length === 0 ? [] : ['', paint.dim(title), table(rows.map(([name = '', ...rest]) => [`  ${name}`, ...rest]))]
  return [
    `${path}: fine, ${count(lab.places, 'place')} on ${count(lab.hosts, 'host')}`,
    ...section('hosts', Object.values(lab.hosts).map(hostRow)),
    ...section('PDUs', Object.values(lab.pdus).map(pduRow)),
    ...section('classes', Object.values(lab.classes).map(classRow)),
    ...section('places', Object.values(lab.places).map(placeRow)),
  ].join('\n')
}

function hostRow({ name, ssh }: LabHost): string[] {
  if (ssh === undefined) return [name, 'this machine']
  return [name, `${ssh.user}@${endpoint(ssh)}${ssh.jump === undefined ? '' : ` through ${ssh.jump}`}`]
}

function pduRow(pdu: PduSpec): string[] {
  const make = (profile: unknown): string => (typeof profile === 'string' ? profile : 'a profile of its own')
  switch (pdu.kind) {
    case 'snmp':
      return [pdu.name, `SNMP ${pdu.access.version} at ${endpoint(pdu)}, ${make(pdu.profile)}`]
    case 'http':
      return [pdu.name, `HTTP at ${pdu.url}, ${make(pdu.profile)}`]
    case 'pdudaemon':
      return [pdu.name, `${pdu.pdu} of pdudaemon at ${pdu.url}`]
    case 'command':
      return [pdu.name, `a command on ${pdu.host}${pdu.state === undefined ? ', with no read-back' : ''}`]
  }
}

function classRow({ name, kind, loader, model, limits }: PlaceClass): string[] {
  const starts =
    loader?.kind === 'u-boot'
      ? 'U-Boot'
      : loader?.kind === 'uefi'
        ? 'UEFI'
        : loader?.kind === 'self'
          ? 'starts by itself'
          : model?.binary
  return [name, kind, starts ?? '', `first byte within ${limits.firstByte} s`]
}

function placeRow({ name, class: placeClass, tags, host, power, consoles, flash }: LabPlace): string[] {
  const said = [
    ...(power === undefined ? [] : [`${power.pdu} outlet ${power.outlet}`]),
    ...Object.values(consoles).map(consoleWords),
    ...(flash === undefined ? [] : [flashWords(flash)]),
  ]
  return [name, placeClass, host, tags.join(', '), said.join('; ')]
}

function consoleWords({ name, source, worlds }: PlaceConsole): string {
  return `${name} ${sourceWords(source)}${worlds.length === 0 ? '' : ` (${worlds.join(', ')})`}`
}

function sourceWords(source: ConsoleSpec): string {
  const via = 'via' in source ? ` via ${source.via}` : ''
  switch (source.kind) {
    case 'tcp':
      return `${source.protocol} ${endpoint(source)}${via}`
    case 'conserver':
      return `conserver ${source.console} at ${endpoint(source)}${via}`
    case 'tty':
      return source.path
    case 'ssh':
      return `${source.tty} of ${source.host}`
    case 'command':
      return `a command on ${source.host}`
  }
}

function flashWords(flash: FlashSpec): string {
  const way = wayWords(flash)
  return flash.openocd ? `${way}; flash memory by openocd` : way
}

function wayWords(flash: FlashSpec): string {
  switch (flash.kind) {
    case 'tftp':
      return `TFTP from ${flash.folder} of ${flash.host}`
    case 'mux':
      return `medium ${flash.device} of ${flash.host}`
    case 'mmc':
      return `mmc ${flash.device} by TFTP from ${flash.folder} of ${flash.host}`
    case 'ums':
      return `${flash.medium} lent by USB to ${flash.host}`
    case 'uefi-http':
      return `HTTP boot from ${flash.folder} of ${flash.host}`
    case 'fastboot':
      return `fastboot ${flash.device} from ${flash.host}`
    case 'openocd':
      return `openocd on ${flash.host}`
    case 'command':
      return `flashed by a command on ${flash.host}`
  }
}

function endpoint({ address, port }: { address: string; port: number }): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`
}
