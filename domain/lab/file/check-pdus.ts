import { entriesAt, textAt, valueAt, wordsAt } from '../../yaml/value-at.ts'
import type { Path } from '../../yaml/yaml-text.ts'
import { checkMeaning, checkName, checkOneOf, checkPattern, type Checked } from './check.ts'

const drivers = ['snmp', 'http', 'pdudaemon', 'command'] as const

/** PDUs: which keys go together, and what a file alone can say of commands and patterns. */
export function checkPdus(checked: Checked): void {
  const root = checked.yaml.value
  const devices = new Map<string, string>()
  for (const { key: name, path } of entriesAt(root, ['pdus'])) {
    const driver = checkOneOf(checked, path, drivers, ['spacing'], `${name} does not say how it is spoken to`)
    if (driver === undefined) continue
    const at = [...path, driver]
    if (driver === 'snmp') checkSnmp(checked, at)
    if (driver === 'command') checkCommand(checked, at)
    checkDevice(checked, devices, name, at)
  }
}

function checkSnmp(checked: Checked, path: Path): void {
  const { yaml, complain } = checked
  const has = (key: string): boolean => valueAt(yaml.value, [...path, key]) !== undefined
  const version = textAt(yaml.value, [...path, 'version']) ?? '2c'
  if (version === '3') {
    checkMeaning(checked, path, ['community'], 'version 3')
    if (!has('user')) complain(path, 'version 3 needs a user', 'add user: ...', 'key')
    if (has('privacy') && !has('auth'))
      complain([...path, 'privacy'], 'SNMP encrypts nothing that is not signed', 'add auth: ...', 'key')
  } else if (['1', '2c'].includes(version)) {
    checkMeaning(checked, path, ['user', 'auth', 'privacy'], `version ${version}`)
    if (!has('community'))
      complain(path, `version ${version} needs a community`, 'add community: { env: NAME } or { text: private }', 'key')
  }
  const [on, off] = ['on', 'off'].map((key) => textAt(yaml.value, [...path, 'profile', key]))
  const oneObject = textAt(yaml.value, [...path, 'profile', 'set']) !== undefined
  if (oneObject && on !== undefined && on === off)
    complain([...path, 'profile', 'off'], `the value ${off} switches on and off`, 'each has its own')
}

function checkCommand(checked: Checked, path: Path): void {
  const { yaml, complain } = checked
  checkName(checked, 'hosts', [...path, 'host'])
  for (const pattern of ['on', 'off']) checkPattern(checked, [...path, 'state', pattern])
  const words = ['on', 'off'].map((key) => wordsAt(yaml.value, [...path, key]).map(({ word }) => word))
  const [on, off] = words.map((list) => list.join('\n'))
  if (on === off && on !== '') complain([...path, 'off'], 'the same command switches on and off', 'each has its own')
}

/** One device under two names would be sent two commands at once. */
function checkDevice({ yaml, complain }: Checked, devices: Map<string, string>, name: string, path: Path): void {
  const at = (key: string): string => textAt(yaml.value, [...path, key]) ?? ''
  const device = {
    snmp: () => `snmp ${at('address')} ${at('port') || '161'}`,
    http: () => `http ${at('url').replace(/\/$/, '')}`,
    pdudaemon: () => `pdudaemon ${at('url').replace(/\/$/, '')} ${at('pdu')}`,
  }[path.at(-1) as 'snmp' | 'http' | 'pdudaemon']?.()
  if (device === undefined) return
  const other = devices.get(device)
  if (other === undefined) devices.set(device, name)
  else {
    const hint = 'write it once: it is given one command at a time by its name'
    complain(path, `${name} is the same device as ${other}`, hint, 'key')
  }
}
