import { entriesAt, textAt, valueAt, wordsAt } from '../../yaml/value-at.ts'
import type { Path } from '../../yaml/yaml-text.ts'
import { here, type Checked } from './check.ts'
import { endpointOf } from './endpoint.ts'

/** Wires: each outlet and each UART belongs to one place, and a command that serves several is told which is meant. */
export function checkWiring(checked: Checked): void {
  const { yaml, complain } = checked
  const root = yaml.value
  const outlets = new Map<string, string>()
  const uarts = new Map<string, { place: string; console: string }>()
  const onPdu = new Map<string, string[]>()
  for (const { key: place, path } of entriesAt(root, ['places'])) {
    const power = [...path, 'power']
    const pdu = valueAt(root, [...power, 'pdu'])
    const outlet = yaml.source([...power, 'outlet'])
    if (typeof pdu === 'string' && outlet !== undefined) {
      if (valueAt(root, ['pdus', pdu, 'snmp']) !== undefined && !/^\d+(\.\d+)*$/.test(unquoted(outlet))) {
        const hint = 'write what stands in the OIDs of its outlet, e.g. 3, or 1.1.3 of a PDU with towers'
        complain([...power, 'outlet'], `outlet ${outlet} is no number, and ${pdu} is asked by SNMP`, hint)
      }
      const other = outlets.get(`${pdu}\n${outlet}`)
      if (other === undefined) {
        outlets.set(`${pdu}\n${outlet}`, place)
        onPdu.set(pdu, [...(onPdu.get(pdu) ?? []), place])
      } else {
        const hint = 'each has an outlet of its own'
        complain([...power, 'outlet'], `${place} hangs on outlet ${outlet} of ${pdu}, as ${other} does`, hint)
      }
    }
    for (const { key: console, path: at } of entriesAt(root, [...path, 'consoles'])) {
      const uart = uartAt(root, path, at)
      if (uart === undefined) continue
      const other = uarts.get(uart)
      if (other === undefined) uarts.set(uart, { place, console })
      else {
        const who = other.place === place ? other.console : `${other.console} of ${other.place}`
        complain(at, `${console} of ${place} is the same UART as ${who}`, 'each has one of its own', 'key')
      }
    }
  }
  for (const [pdu, places] of onPdu) if (places.length > 1) checkOutletWord(checked, pdu, places)
}

/** @returns what tells one UART from another; a server of a host is the same one by the host's name and by localhost there */
function uartAt(root: unknown, place: Path, console: Path): string | undefined {
  const at = (...keys: string[]): string | undefined => textAt(root, [...console, ...keys])
  const via = at('via') ?? here
  const addressOf = (host: string): string => textAt(root, ['hosts', host, 'ssh', 'address']) ?? host
  const server = (text: string | undefined): string | undefined => {
    const endpoint = text === undefined ? undefined : endpointOf(text)
    if (endpoint === undefined) return undefined
    const local = ['localhost', '127.0.0.1', '::1'].includes(endpoint.address)
    return `${local ? addressOf(via) : addressOf(endpoint.address)}:${endpoint.port}`
  }
  const tcp = server(at('telnet')) ?? server(at('raw'))
  if (tcp !== undefined) return tcp
  const conserver = server(at('conserver', 'server'))
  if (conserver !== undefined) return `${conserver} ${at('conserver', 'console')}`
  const host = at('host') ?? textAt(root, [...place, 'host']) ?? here
  if (at('tty') !== undefined) return `${host} ${at('tty')}`
  const words = wordsAt(root, [...console, 'command']).map(({ word }) => word)
  return words.length > 0 ? `${host} ${words.join('\n')}` : undefined
}

function checkOutletWord({ yaml: { value: root }, complain }: Checked, pdu: string, places: string[]): void {
  const command = ['pdus', pdu, 'command']
  for (const key of [['on'], ['off'], ['state', 'run']]) {
    const words = wordsAt(root, [...command, ...key])
    if (words.length === 0 || words.some(({ word }) => word.includes('{outlet}'))) continue
    const message = `${places.slice(0, 3).join(', ')}${places.length > 3 ? ', ...' : ''} hang on ${pdu}, and this command is told of no outlet`
    complain([...command, ...key], message, 'let a word of it hold {outlet}')
  }
}

/** @param source a scalar as it stands in the file */
function unquoted(source: string): string {
  return source.replace(/^(["'])(.*)\1$/, '$2')
}
