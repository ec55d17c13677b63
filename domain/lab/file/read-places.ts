import { parseDuration } from '../../yaml/quantity.ts'
import type { Path } from '../../yaml/yaml-text.ts'
import type { ConsoleSpec } from '../console-spec.ts'
import type { FlashSpec, FlashWay, MuxControl } from '../flash-spec.ts'
import type { LabPlace, PlaceClass, PlaceConsole } from '../inventory.ts'
import { here } from './check.ts'
import { endpointOf } from './endpoint.ts'
import { readLimits } from './read-classes.ts'
import { mapValues, type Reading } from './reading.ts'
import { readOpenocd } from './read-openocd.ts'
import type { FileFlash } from './schema-flash.ts'
import type { FileConsole, FilePlace } from './schema-places.ts'
import type { FileHost } from './schema.ts'

type FileMux = NonNullable<FileFlash['mux']>

/** What a place is read with: its class, and the hosts by whose names it speaks of addresses. */
export interface PlaceContext {
  reading: Reading
  hosts: Record<string, FileHost>
  placeClass: PlaceClass
}

/** @returns the place that a part of a file without mistakes means */
export function readPlace(name: string, given: FilePlace, path: Path, context: PlaceContext): LabPlace {
  const { reading, placeClass } = context
  const { power, flash, health, host } = given
  const outlet = (): string => reading.text([...path, 'power', 'outlet'], power!.outlet)
  const consoles = mapValues(given.consoles, (one, key): PlaceConsole => {
    const at = [...path, 'consoles', key]
    const source = { ...consoleSpec(one, at, host, context), ...(one.vanishes && { vanishes: true }) }
    return { name: key, at: reading.at(at), source, worlds: one.worlds }
  })
  return {
    name,
    at: reading.at(path),
    class: given.class,
    tags: given.tags,
    host,
    firmware: given.firmware ?? (placeClass.kind === 'board' ? 'installed' : 'takes'),
    ...(power && { power: { pdu: power.pdu, outlet: outlet(), at: reading.at([...path, 'power']) } }),
    consoles,
    ...(flash && { flash: flashSpec(flash, [...path, 'flash'], host, reading) }),
    limits: readLimits(given.limits, placeClass.limits),
    ...(health && { health: { says: health.says, within: parseDuration(health.within) } }),
  }
}

function consoleSpec(given: FileConsole, path: Path, placeHost: string, { reading, hosts }: PlaceContext): ConsoleSpec {
  const via = given.via === undefined ? {} : { via: given.via }
  const server = (text: string): { address: string; port: number } => {
    const { address, port } = endpointOf(text)!
    return { address: Object.hasOwn(hosts, address) ? hosts[address]!.ssh.address : address, port }
  }
  if (given.telnet !== undefined) {
    const speed = given.speed === undefined ? {} : { speed: given.speed }
    return { kind: 'tcp', ...server(given.telnet), protocol: 'telnet', ...speed, ...via }
  }
  if (given.raw !== undefined) return { kind: 'tcp', ...server(given.raw), protocol: 'raw', ...via }
  if (given.conserver !== undefined) {
    const { server: at, console, user } = given.conserver
    return { kind: 'conserver', ...server(at), console, user, ...via }
  }
  const host = given.host ?? placeHost
  if (given.tty === undefined)
    return { kind: 'command', host, run: reading.words([...path, 'command'], given.command!) }
  const speed = given.speed ?? 115200
  return host === here ? { kind: 'tty', path: given.tty, speed } : { kind: 'ssh', host, tty: given.tty, speed }
}

function flashSpec(given: FileFlash, path: Path, placeHost: string, reading: Reading): FlashSpec {
  const way = flashWay(given, path, reading)
  const { openocd: file } = given
  const openocd = file && way.kind !== 'openocd' ? readOpenocd(file, [...path, 'openocd'], reading) : undefined
  return { at: reading.at(path), host: given.host ?? placeHost, ...way, ...(openocd && { openocd }) }
}

function flashWay(given: FileFlash, path: Path, reading: Reading): FlashWay {
  const { tftp, mux, mmc, ums, 'uefi-http': uefi, fastboot, openocd, command } = given
  if (tftp !== undefined) return { kind: 'tftp', ...tftp }
  if (mux !== undefined) {
    const { device, partition, 'load-from': loadFrom, 'firmware-at': firmwareAt, base } = mux
    return {
      kind: 'mux',
      control: muxControl(mux, [...path, 'mux'], reading),
      device,
      partition,
      ...(loadFrom !== undefined && { loadFrom }),
      ...(firmwareAt !== undefined && { firmwareAt }),
      ...(base !== undefined && { base }),
    }
  }
  if (mmc !== undefined) {
    const { 'firmware-at': firmwareAt, ...rest } = mmc
    return { kind: 'mmc', ...rest, ...(firmwareAt !== undefined && { firmwareAt }) }
  }
  if (ums !== undefined) {
    const { 'firmware-at': firmwareAt, base, within, ...rest } = ums
    const more = { ...(firmwareAt !== undefined && { firmwareAt }), ...(base !== undefined && { base }) }
    return { kind: 'ums', ...rest, ...more, within: parseDuration(within) }
  }
  if (uefi !== undefined) return { kind: 'uefi-http', ...uefi }
  if (fastboot !== undefined) {
    const { device, listen } = fastboot
    const named = reading.text([...path, 'fastboot', 'device'], device)
    return { kind: 'fastboot', device: named, ...(listen !== undefined && { listen }) }
  }
  if (command !== undefined) return { kind: 'command', run: reading.words([...path, 'command'], command) }
  return { kind: 'openocd', ...readOpenocd(openocd!, [...path, 'openocd'], reading) }
}

function muxControl(given: FileMux, path: Path, reading: Reading): MuxControl {
  for (const program of ['usbsdmux', 'sd-mux-ctrl', 'sdwire'] as const) {
    const id = given[program]
    if (id !== undefined) return { program, id }
  }
  const commands = given.commands!
  const { state } = commands
  const words = (key: string[], given: (typeof commands)['to-host']) =>
    reading.words([...path, 'commands', ...key], given)
  return {
    program: 'commands',
    toHost: words(['to-host'], commands['to-host']),
    toBoard: words(['to-board'], commands['to-board']),
    ...(state && { state: { run: words(['state', 'run'], state.run), host: state.host, board: state.board } }),
  }
}
