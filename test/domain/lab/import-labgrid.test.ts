import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { parseLab } from '../../../domain/lab/file/parse-lab.ts'
import { importLabgrid } from '../../../domain/lab/labgrid/import-labgrid.ts'
import { formatError } from '../../../domain/yaml/located-error.ts'
import { files, lab } from './labs.ts'

const fixture = (name: string) => ({ file: name, text: readFileSync(`test/fixtures/labgrid/${name}`, 'utf8') })

function imported(...given: { file: string; text: string }[]): { text: string; places: number } {
  const result = importLabgrid(given)
  if (!result.ok) throw new Error(result.errors.map(formatError).join('\n'))
  return result
}

/** The comments of a text, without what marks them. */
const commentsOf = (text: string): string[] => [...text.matchAll(/^ *# (.*)$/gm)].map(([, said]) => said!)

describe("a lab made of labgrid's files", () => {
  const { text, places } = imported(fixture('exporter.yaml'), fixture('environment.yaml'))
  const inventory = lab(text)

  test('is one that is accepted, with each machine that has power and a console', () => {
    expect(Object.keys(inventory.places)).toEqual([
      'rock-1',
      'rock-2',
      'imx8',
      'relay-board',
      'plug-1',
      'sentry-1',
      'desk',
    ])
    expect(places).toBe(7)
  })

  test("switches power as labgrid's drivers do", () => {
    expect(Object.values(inventory.places).map(({ power }) => [power!.pdu, power!.outlet])).toEqual([
      ['pdu1', '1'],
      ['pdu1', '2'],
      ['pdu2', '5'],
      ['pdu3', '0'],
      ['pdu4', '0'],
      ['pdu5', '1.2.4'],
      ['pdu6', '3'],
    ])
    const curl = ['curl', '--silent', '--show-error', '--fail', '--max-time', '10']
    expect(Object.values(inventory.pdus)).toMatchObject([
      {
        kind: 'snmp',
        address: 'pdu.lab',
        port: 1161,
        access: { version: '1', community: { text: 'private' } },
        profile: 'apc',
      },
      { kind: 'pdudaemon', url: 'http://pdus.lab:16421', pdu: 'apc-1' },
      {
        kind: 'command',
        on: [...curl, 'http://relay.lab:9999/relay/{outlet}/1'],
        off: [...curl, 'http://relay.lab:9999/relay/{outlet}/0'],
        state: { run: [...curl, 'http://relay.lab:9999/relay/{outlet}'], on: '^1$', off: '^0$' },
      },
      { kind: 'http', url: 'http://plug.lab', profile: 'shelly-2' },
      { kind: 'snmp', address: 'cdu.lab', port: 161, profile: 'sentry' },
      { kind: 'command', on: [...curl, '--request', 'PUT', '--data', '1', 'http://desk.lab/relay/{outlet}/value'] },
    ])
  })

  test('reaches each serial port: raw, RFC 2217, a tty, a tty that labgrid looks for', () => {
    const sources = Object.values(inventory.places).flatMap((place) =>
      Object.values(place.consoles).map(({ name, source, worlds }) => ({ name, ...source, worlds: worlds.join(' ') })),
    )
    expect(sources).toEqual([
      { name: 'uart0', kind: 'tcp', address: 'console.lab', port: 4101, protocol: 'raw', worlds: 'EL3 NS' },
      {
        name: 'uart0',
        kind: 'tcp',
        address: 'console.lab',
        port: 4102,
        protocol: 'telnet',
        speed: 57600,
        worlds: 'EL3 NS',
      },
      {
        name: 'main',
        kind: 'tty',
        path: '/dev/serial/by-id/usb-VENDOR_MODEL_P-00-00682-if00-port0',
        speed: 9600,
        worlds: 'EL3 NS',
      },
      {
        name: 'optee',
        kind: 'tty',
        path: '/dev/serial/by-path/pci-0000:00:14.0-usb-0:1.4:1.2-port0',
        speed: 115200,
        worlds: '',
      },
      { name: 'uart0', kind: 'tty', path: '/dev/ttyS1', speed: 115200, worlds: 'EL3 NS' },
      { name: 'uart0', kind: 'tcp', address: 'console.lab', port: 4105, protocol: 'telnet', worlds: 'EL3 NS' },
      { name: 'uart0', kind: 'tcp', address: 'console.lab', port: 4106, protocol: 'telnet', worlds: 'EL3 NS' },
      { name: 'con', kind: 'tcp', address: 'localhost', port: 4001, protocol: 'telnet', worlds: 'EL3 NS' },
    ])
  })

  test("flashes by labgrid's TFTP server, whose folder is above the board's own, by its mux, by fastboot", () => {
    const { 'rock-1': rock1, 'rock-2': rock2, imx8, 'relay-board': relay } = inventory.places
    expect([rock1?.flash, rock2?.flash, imx8?.flash, relay?.flash]).toMatchObject([
      { kind: 'tftp', folder: '/srv/tftp', server: '192.0.2.1' },
      { kind: 'tftp', folder: '/srv/tftp', server: 'tftp.lab' },
      { kind: 'mux', control: { program: 'usbsdmux', id: '/dev/usb-sd-mux/id-000000001234' } },
      { kind: 'fastboot', device: 'udp:10.0.0.9:5554' },
    ])
  })

  test("gives a group the drivers of the target that stands for it, and of U-Boot's prompt what is literal", () => {
    const classOf = (name: string) => inventory.classes[inventory.places[name]!.class]
    expect(classOf('rock-1')).toMatchObject({
      loader: { kind: 'u-boot', prompt: 'rock# ', autoboot: { key: '\r' } },
      limits: { shortestOff: 5 },
    })
    expect(classOf('rock-2')).toMatchObject({ loader: { kind: 'u-boot', prompt: '=> ' }, limits: { shortestOff: 2 } })
    expect(classOf('imx8')).toMatchObject({ loader: { kind: 'self' } })
    expect(classOf('desk')).toMatchObject({ loader: { prompt: '=> ', autoboot: { says: 'stop autoboot', key: ' ' } } })
  })

  test('says of each resource that became nothing why, and of each that must be looked at what to do', () => {
    const comments = commentsOf(text)
    expect(comments.filter((said) => said.includes('Not taken over'))).toEqual([
      'Not taken over: NetworkService: hyplab reaches a board by its consoles, not by its network',
      'Not taken over: USBPowerPort: switched by a program: write a pdu by command, with uhubctl',
      '  Not taken over: NetworkPowerPort: hyplab has no driver for the model netio: write a pdu by command, or by http with a profile of yours',
      '  Not taken over: RemotePlace other-lab/board: its resources are in an exporter file, in a group of its name: give that, too',
      '  Not taken over: RawSerialPort: its port is no path of a tty',
      '  Not taken over: NetworkPowerPort: a parameter is missing, or is none that hyplab can read',
    ])
    expect(comments.filter((said) => said.includes('No place'))).toEqual([
      '  No place: nothing here switches its power.',
      '  No place: it has no console.',
      '  No place: its outlet is that of rock-2 of exporter.yaml.',
      '  No place: nothing here switches its power.',
      '  No place: nothing here switches its power.',
    ])
    expect(comments.filter((said) => said.startsWith('TO DO'))).toHaveLength(10)
    expect(text).not.toContain('geheim')
  })
})

test('an exporter file alone, without drivers, and an environment alone are read, too', () => {
  expect(Object.keys(lab(imported(fixture('exporter.yaml')).text).places)).toHaveLength(6)
  expect(Object.keys(lab(imported(fixture('environment.yaml')).text).places)).toEqual(['desk'])
})

test('a file that is none of labgrid, or a template, is refused with its place', () => {
  const errorsOf = (text: string): string[] => {
    const result = importLabgrid([{ file: 'e.yaml', text }])
    return result.ok ? [] : result.errors.map(formatError)
  }
  expect(errorsOf('- a\n')).toEqual([
    'e.yaml:1:1: this is no file of labgrid; it would be groups of resources, or targets',
  ])
  expect(errorsOf('a:\n  b: [\n')).toEqual([expect.stringMatching(/^e\.yaml:2:6: the \[ that begins here has no end/)])
  const rendered = 'render it first: labgrid-exporter prints what it rendered when it starts'
  expect(errorsOf('a: {}\n# for idx in range(1, 4)\nb{{idx}}: {}\n')).toEqual([
    `e.yaml:2:1: this line is a Jinja template; ${rendered}`,
  ])
  expect(errorsOf("a:\n  NetworkSerialPort: { host: '{{ env.HOST }}' }\n")).toEqual([
    `e.yaml:2:1: this line is a Jinja template; ${rendered}`,
  ])
})

test('what comes of any resources is a lab that is accepted, or one without places', () => {
  const word = fc.oneof(
    fc.constantFrom('a.lab', 'localhost', '127.0.0.1', '', '$LG', 'x y', 'http://a', '#', "'"),
    fc.string({ maxLength: 5 }),
  )
  const number = fc.oneof(fc.integer({ min: -1, max: 70_000 }), fc.constantFrom('3', null))
  const values = (cls: string, params: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record(params, { requiredKeys: [] }).map((given) => [cls, given] as const)
  const part = fc.oneof(
    values('NetworkSerialPort', {
      host: word,
      port: number,
      protocol: fc.constantFrom('raw', 'rfc2217', 'x'),
      speed: number,
    }),
    values('RawSerialPort', { port: fc.constantFrom('/dev/ttyS0', '/dev/ttyS1', 'x'), speed: number }),
    values('USBSerialPort', {
      match: fc.dictionary(fc.constantFrom('ID_SERIAL', 'ID_PATH', '@ID_PATH', 'DEVNAME'), word),
    }),
    values('NetworkPowerPort', {
      model: fc.constantFrom('apc', 'sentry', 'rest', 'shelly_gen1', 'toString'),
      host: word,
      index: number,
    }),
    values('PDUDaemonPort', { host: word, pdu: word, index: number }),
    values('TFTPProvider', { internal: fc.constantFrom('/srv', '/srv/a/', 'x', '/'), external: word }),
    values('USBSDMuxDevice', { match: fc.dictionary(fc.constantFrom('ID_SERIAL_SHORT'), word), disk_path: word }),
    values('AndroidNetFastboot', { address: word, port: number, protocol: word }),
    values('constructor', {}),
  )
  const drivers = fc.record({
    UBootDriver: fc.record({ prompt: word, interrupt: word, autoboot: word }, { requiredKeys: [] }),
  })
  const target = fc.record({
    resources: fc.array(
      part.map(([cls, params]) => ({ cls, ...params })),
      { maxLength: 5 },
    ),
    drivers,
  })
  const groups = fc.dictionary(
    fc.oneof(fc.constantFrom('a', 'b c', '9', '__proto__x'), fc.string({ minLength: 1, maxLength: 4 })),
    target,
  )
  fc.assert(
    fc.property(groups, (targets) => {
      const text = stringify({ targets }, { version: '1.1' })
      const result = importLabgrid([{ file: 'e.yaml', text }])
      if (!result.ok) throw new Error(result.errors.map(formatError).join('\n'))
      expect(parseAllDocuments(result.text).flatMap(({ errors }) => errors)).toEqual([])
      if (result.places === 0) return
      const parsed = parseLab(result.text, 'x.yaml', files)
      expect(parsed.ok ? [] : parsed.errors.map(formatError), result.text).toEqual([])
    }),
    { numRuns: 100 },
  )
})
