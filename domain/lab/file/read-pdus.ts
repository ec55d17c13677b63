import { parseDuration } from '../../yaml/quantity.ts'
import type { Path } from '../../yaml/yaml-text.ts'
import type { HttpProfile, HttpRequest, PduDriver, PduSpec, SnmpAccess, SnmpProfile } from '../pdu-spec.ts'
import { list, type Reading } from './reading.ts'
import type { FilePdu } from './schema-pdus.ts'

type FileSnmp = NonNullable<FilePdu['snmp']>
type FileHttp = NonNullable<FilePdu['http']>
type FileCommand = NonNullable<FilePdu['command']>

/** @returns the PDU that a part of a file without mistakes means */
export function readPdu(name: string, given: FilePdu, path: Path, reading: Reading): PduSpec {
  return { name, at: reading.at(path), spacing: parseDuration(given.spacing), ...driver(given, path, reading) }
}

function driver(given: FilePdu, path: Path, reading: Reading): PduDriver {
  if (given.snmp !== undefined) {
    const { address, port, profile } = given.snmp
    const access = snmpAccess(given.snmp, [...path, 'snmp'], reading)
    return { kind: 'snmp', address, port, access, profile: snmpProfile(profile) }
  }
  if (given.http !== undefined) {
    const { url, profile, login } = given.http
    const password = ['http', 'login', 'password']
    return {
      kind: 'http',
      url: url.replace(/\/$/, ''),
      profile: httpProfile(profile),
      ...(login && { login: { user: login.user, password: reading.secret([...path, ...password], login.password) } }),
    }
  }
  if (given.pdudaemon !== undefined) {
    const { url, pdu } = given.pdudaemon
    return { kind: 'pdudaemon', url: url.replace(/\/$/, ''), pdu }
  }
  return command(given.command!, [...path, 'command'], reading)
}

function snmpAccess(given: FileSnmp, path: Path, reading: Reading): SnmpAccess {
  const version = String(given.version)
  if (version === '3') {
    const { user, auth, privacy } = given
    const key = (of: string, secret: NonNullable<typeof auth>['key']) => reading.secret([...path, of, 'key'], secret)
    return {
      version,
      user: user!,
      ...(auth && { auth: { protocol: auth.protocol, key: key('auth', auth.key) } }),
      ...(privacy && { privacy: { protocol: privacy.protocol, key: key('privacy', privacy.key) } }),
    }
  }
  const { text, ...secret } = given.community!
  const community = text === undefined ? reading.secret([...path, 'community'], secret) : { text }
  return { version: version === '1' ? '1' : '2c', community }
}

function snmpProfile(given: FileSnmp['profile']): string | SnmpProfile {
  if (typeof given === 'string') return given
  const { set, on, off, get } = given
  return { set, on, off, get, readsOn: list(given['reads-on'] ?? on), readsOff: list(given['reads-off'] ?? off) }
}

function httpProfile(given: FileHttp['profile']): string | HttpProfile {
  if (typeof given === 'string') return given
  const { on, off, state, unasked } = given
  const asked = { ...request(state), json: state.json, on: list(state.on), off: list(state.off) }
  return { ...(unasked && { unasked }), on: request(on), off: request(off), state: asked }
}

function request({ method, path, body }: Exclude<FileHttp['profile'], string>['on']): HttpRequest {
  return { method, path, ...(body && { body }) }
}

function command({ host, on, off, state }: FileCommand, path: Path, reading: Reading): PduDriver {
  const words = (key: string[], given: typeof on): string[] => reading.words([...path, ...key], given)
  return {
    kind: 'command',
    host,
    on: words(['on'], on),
    off: words(['off'], off),
    ...(state && { state: { run: words(['state', 'run'], state.run), on: state.on, off: state.off } }),
  }
}
