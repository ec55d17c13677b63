import { checkMeaning, checkOneOf, type Checked } from '../lab/file/check.ts'
import { itemsAt, textAt, valueAt } from '../yaml/value-at.ts'
import type { Path } from '../yaml/yaml-text.ts'
import { webhookShapes } from './telling.ts'

const ways = ['env', 'file', 'command'] as const
const elsewhere = 'say where it is: { env: NAME }, { file: PATH } of mode 0600 or { command: [...] }'

/** Whether the parts of a schedule's `tell` fit. No message shows what may be a secret. */
export function checkTell(checked: Checked): void {
  for (const { path } of itemsAt(checked.yaml.value, ['tell'])) {
    const way = checkOneOf(checked, path, ['mail', 'webhook', 'file'], ['when', 'every'], 'it does not say where to')
    if (textAt(checked.yaml.value, [...path, 'when']) !== 'digest')
      checkMeaning(checked, path, ['every'], 'what is no digest')
    if (way === 'mail') checkSmtp(checked, [...path, 'mail', 'smtp'])
    if (way === 'webhook') checkWebhook(checked, [...path, 'webhook'])
  }
}

function checkSmtp(checked: Checked, path: Path): void {
  const { yaml, complain } = checked
  const at = (...keys: string[]) => textAt(yaml.value, [...path, ...keys])
  if (valueAt(yaml.value, [...path, 'login']) === undefined) return
  checkOneOf(checked, [...path, 'login', 'password'], ways, [], 'the password is nowhere')
  const [host, encryption] = [at('host') ?? 'localhost', at('encryption')]
  if (encryption === 'none' && !isThisMachine(host))
    complain([...path, 'encryption'], `the password would go to ${host} for all to read`, 'starttls or tls')
}

function checkWebhook(checked: Checked, path: Path): void {
  const { yaml, complain } = checked
  const url = valueAt(yaml.value, [...path, 'url'])
  const shape = textAt(yaml.value, [...path, 'shape']) ?? 'json'
  if (typeof url === 'object') checkOneOf(checked, [...path, 'url'], ways, [], 'the address is nowhere')
  checkOneOf(checked, [...path, 'token'], ways, [], 'the token is nowhere')
  if (shape === 'slack' && typeof url === 'string')
    complain([...path, 'url'], 'whoever reads this address can write to the channel: it is a secret', elsewhere)
  if (shape !== 'matrix') {
    // A shape that nobody knows is reported as such.
    if (webhookShapes.some((one) => one === shape)) checkMeaning(checked, path, ['room'], `the shape ${shape}`)
    return
  }
  const room = textAt(yaml.value, [...path, 'room'])
  if (room === undefined) complain(path, 'the room is missing', 'add room: "!abc:example.org"', 'key')
  else if (!/^!\S+$/.test(room))
    complain([...path, 'room'], `"${room}" is no id of a room`, 'it begins with !, as the settings of the room show it')
  if (valueAt(yaml.value, [...path, 'token']) === undefined)
    complain(path, 'the token is missing', 'add token: { env: NAME } or { file: PATH }', 'key')
}

/** Whether a connection to it leaves this machine. */
export function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host)
}
