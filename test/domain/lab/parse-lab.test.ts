import { describe, expect, test } from 'vitest'
import { parseLab } from '../../../domain/lab/file/parse-lab.ts'
import { change, errorsOf, files, goodLab, lab } from './labs.ts'
import { mistakes } from './mistakes.ts'

describe('one mistake is one sentence, where it stands', () => {
  test.each(mistakes)('%s', (_what, text, sentence) => {
    expect(errorsOf(text())).toEqual([`labs/x.yaml:${sentence}`])
  })

  test('and none of them shows a secret that stands in the file', () => {
    const said = mistakes.flatMap(([, text]) => errorsOf(text())).join('\n')
    expect(said).not.toMatch(/ge ?heim|123456/)
  })
})

test('mistakes in different parts are all told at once, in reading order', () => {
  const text = change('jump: gate', 'jump: gat')
    .replace('profile: apc', 'profile: apcc')
    .replace('off-silence: 2 s', 'off-silence: 2')
    .replace('class: rk3588', 'class: rk3566')
  expect(errorsOf(text)).toEqual([
    'labs/x.yaml:11:13: there is no host "gat"; did you mean "gate"?',
    'labs/x.yaml:14:89: "apcc" is no SNMP profile; did you mean "apc"?',
    'labs/x.yaml:56:12: there is no class "rk3566"; did you mean "rk3588"?',
    'labs/x.yaml:65:28: 2 is not a duration; a number with a unit, e.g. 500 ms, 10 s or 2 min',
  ])
})

describe('a lab without mistakes', () => {
  const { name, file, hosts, pdus, classes, places } = lab(goodLab)

  test('has the name of its file, and this machine as a host beside its own', () => {
    expect({ name, file, hosts: Object.keys(hosts) }).toEqual({
      name: 'x',
      file: '/lab/labs/x.yaml',
      hosts: ['here', 'gate', 'bench'],
    })
    expect(hosts['here']).toEqual({ name: 'here', at: '/lab/labs/x.yaml:1:1' })
    expect(hosts['bench']).toEqual({
      name: 'bench',
      at: '/lab/labs/x.yaml:4:3',
      ssh: {
        address: 'bench.lab',
        port: 2222,
        user: 'lab',
        key: { file: '/home/lab/.ssh/lab' },
        hostKey: `SHA256:${'B'.repeat(43)}`,
        jump: 'gate',
      },
    })
  })

  test('says of each PDU how it is spoken to, and of each secret where it is', () => {
    expect(pdus['pdu1']).toEqual({
      name: 'pdu1',
      at: '/lab/labs/x.yaml:13:3',
      spacing: 1,
      kind: 'snmp',
      address: '10.0.0.5',
      port: 161,
      access: { version: '2c', community: { env: 'PDU_COMMUNITY' } },
      profile: 'apc',
    })
    expect(pdus['pdu3']).toMatchObject({
      spacing: 0.5,
      port: 1161,
      access: {
        version: '3',
        user: 'lab',
        auth: { protocol: 'sha256', key: { file: '/lab/labs/secrets/auth' } },
        privacy: { protocol: 'aes', key: { command: ['pass', 'lab/pdu3'] } },
      },
      profile: { set: '1.3.6.{outlet}.1', on: 1, off: 2, get: '1.3.7.{outlet}', readsOn: [1, 3], readsOff: [2] },
    })
    expect(pdus['plug']).toMatchObject({ url: 'http://10.0.0.7', login: { user: 'admin', password: { env: 'PLUG' } } })
    expect(pdus['relay']).toMatchObject({
      kind: 'http',
      profile: {
        on: { method: 'GET', path: '/set?n={outlet}&to=1' },
        off: { method: 'POST', path: '/set', body: { to: 0 } },
        state: { method: 'GET', path: '/state', json: 'relays.{outlet}.on', on: [true, 1], off: [false] },
      },
    })
    expect(pdus['daemon']).toMatchObject({ kind: 'pdudaemon', url: 'http://localhost:16421', pdu: 'rack' })
    expect(pdus['script']).toMatchObject({
      kind: 'command',
      host: 'bench',
      on: ['power', '{outlet}', 'on'],
      state: { run: ['power', '{outlet}'], on: '^on$', off: '^off$' },
    })
  })

  test('takes what only a few makes need: an OID for each direction, several places of a state, a login unasked', () => {
    const two = change(
      "set: '1.3.6.{outlet}.1', on: 1, off: 2",
      "set: { on: '1.4.{outlet}', off: '1.3.{outlet}' }, on: 0, off: 0",
    )
    const profile = { set: { on: '1.4.{outlet}', off: '1.3.{outlet}' }, on: 0, off: 0, readsOff: [0] }
    expect(lab(two).pdus['pdu3']).toMatchObject({ profile })
    const unasked = lab(change("on: { path: '/set?n", "unasked: true\n        on: { path: '/set?n"))
    expect(unasked.pdus['relay']).toMatchObject({ profile: { unasked: true } })
    const several = lab(change("json: 'relays.{outlet}.on'", 'json: [POWER1, POWER]'))
    expect(several.pdus['relay']).toMatchObject({ profile: { state: { json: ['POWER1', 'POWER'] } } })
  })

  test('has limits in seconds: those of the place, then of its class, then usual ones', () => {
    expect(classes['rk3588']?.limits).toEqual({ firstByte: 10, offSilence: 5, shortestOff: 0.5 })
    expect(places['rock-1']?.limits).toEqual({ firstByte: 10, offSilence: 2, shortestOff: 0.5 })
    expect(places['pi-1']?.limits).toEqual({ firstByte: 30, offSilence: 5, shortestOff: 2 })
  })

  test('says how each boot loader is spoken to, and with what a model starts', () => {
    expect(classes['rk3588']?.loader).toEqual({
      kind: 'u-boot',
      prompt: 'rock# ',
      autoboot: { says: 'Hit any key', key: '\u0003' },
      kernelAddress: 0x40400000,
      deviceTree: '0x43000000',
    })
    expect(classes['qemu']?.loader).toEqual({
      kind: 'u-boot',
      prompt: '=> ',
      autoboot: { says: 'Hit any key to stop autoboot', key: ' ' },
      deviceTree: 'fdtcontroladdr',
    })
    const variable = change('device-tree: 0x43000000', 'device-tree: ${fdt_addr_r}')
    expect(lab(variable).classes['rk3588']?.loader?.deviceTree).toBe('fdt_addr_r')
    expect(classes['pi']?.loader?.kind).toBe('self')
    expect(classes['base-revc']).toMatchObject({
      kind: 'fvp',
      model: {
        binary: 'FVP_Base_RevC-2xAEMvA',
        parameters: { 'cluster0.NUM_CORES': '2', cache_state_modelled: 'false' },
      },
    })
    expect(classes['base-revc']).not.toHaveProperty('loader')
  })

  test('reaches each UART in its own way: the name of a host is its address, a tty is where the place is', () => {
    const sources = Object.values(places).map((place) => Object.values(place.consoles).map(({ source }) => source))
    expect(sources.flat()).toEqual([
      { kind: 'tcp', address: 'localhost', port: 2001, protocol: 'telnet', via: 'bench' },
      { kind: 'tcp', address: 'fe80::1', port: 2002, protocol: 'raw' },
      { kind: 'conserver', address: 'conserver.lab', port: 3109, console: 'rock-1-b', user: 'hyplab' },
      { kind: 'ssh', host: 'bench', tty: '/dev/ttyUSB0', speed: 1500000, vanishes: true },
      { kind: 'tty', path: '/dev/ttyS0', speed: 115200 },
      { kind: 'command', host: 'here', run: ['socat', 'STDIO', 'UNIX:/run/virt-1'] },
      { kind: 'tcp', address: 'bench.lab', port: 2003, protocol: 'raw', via: 'gate' },
      { kind: 'tcp', address: 'bench.lab', port: 2004, protocol: 'raw', via: 'gate' },
    ])
    const asked = lab(change("telnet: 'localhost:2001',", "telnet: 'localhost:2001', speed: 1500000,"))
    expect(asked.places['rock-1']?.consoles['uart0']?.source).toMatchObject({ protocol: 'telnet', speed: 1500000 })
    expect(Object.values(places['rock-1']!.consoles).map((one) => [one.name, one.worlds, one.at])).toEqual([
      ['uart0', ['EL3', 'NS'], '/lab/labs/x.yaml:61:7'],
      ['uart1', ['S-EL1'], '/lab/labs/x.yaml:62:7'],
      ['records', [], '/lab/labs/x.yaml:63:7'],
    ])
  })

  test('flashes each place on its own host', () => {
    expect(Object.values(places).map(({ flash }) => flash)).toEqual([
      {
        at: '/lab/labs/x.yaml:64:5',
        host: 'bench',
        kind: 'tftp',
        folder: '/srv/tftp',
        server: '10.0.0.1',
        network: ['setenv autoload no', 'dhcp'],
      },
      {
        at: '/lab/labs/x.yaml:73:5',
        host: 'bench',
        kind: 'mux',
        control: { program: 'usbsdmux', id: '/dev/usb-sd-mux/id-1' },
        device: '/dev/disk/by-id/sd',
        partition: 2,
        firmwareAt: 0x8000,
      },
      {
        at: '/lab/labs/x.yaml:79:5',
        host: 'gate',
        kind: 'mux',
        control: {
          program: 'commands',
          toHost: ['mux', 'host'],
          toBoard: ['mux', 'board'],
          state: { run: ['mux', 'get'], host: '^host$', board: '^board$' },
        },
        device: '/dev/sdb',
        partition: 1,
      },
      { at: '/lab/labs/x.yaml:91:5', host: 'here', kind: 'fastboot', device: 'udp:127.0.0.1', listen: 'udp' },
      {
        at: '/lab/labs/x.yaml:96:5',
        host: 'here',
        kind: 'command',
        run: ['flash', '{image}', '{initrd}', '{cmdline}'],
      },
      { at: '/lab/labs/x.yaml:102:5', host: 'here', kind: 'command', run: ['flash', '{image}', '{firmware}'] },
      undefined,
    ])
  })

  test('has OpenOCD write flash by itself, or firmware beside another way', () => {
    const alone = lab(
      change(
        'fastboot: { device: udp:127.0.0.1, listen: udp }',
        "openocd: { config: [jtag.cfg, 1], arguments: [-c, 'adapter serial A'], kernel-at: 0, initrd-at: 16, within: 2 min }",
      ),
    )
    const way = { config: ['jtag.cfg', '1'], arguments: ['-c', 'adapter serial A'], begin: ['reset init'], images: [] }
    expect(alone.places['virt-1']?.flash).toEqual({
      at: '/lab/labs/x.yaml:91:5',
      host: 'here',
      kind: 'openocd',
      ...way,
      kernelAt: 0,
      initrdAt: 16,
      within: 120,
    })
    const beside = lab(
      change(
        'server: 10.0.0.1 } }',
        'server: 10.0.0.1 }, openocd: { config: [a.cfg], firmware-at: 0x08000000 } }',
      ).replace('class: rk3588\n', 'class: rk3588\n    firmware: takes\n'),
    )
    expect(beside.places['rock-1']).toMatchObject({
      firmware: 'takes',
      flash: { kind: 'tftp', openocd: { config: ['a.cfg'], firmwareAt: 0x08000000, within: 600 } },
    })
  })

  test('has U-Boot lend a medium of its own', () => {
    const { places } = lab(
      change(
        'fastboot: { device: udp:127.0.0.1, listen: udp }',
        'ums: { device: /dev/disk/by-id/usb-ums, base: /srv/card.img, medium: usb 1, within: 1 min }',
      ),
    )
    expect(places['virt-1']?.flash).toEqual({
      at: '/lab/labs/x.yaml:91:5',
      host: 'here',
      kind: 'ums',
      controller: 0,
      medium: 'usb 1',
      device: '/dev/disk/by-id/usb-ums',
      partition: 1,
      base: '/srv/card.img',
      within: 60,
    })
  })

  test('has of each place what plans and people ask for', () => {
    const { 'rock-1': rock, 'pi-1': pi, 'model-1': model } = places
    expect(rock).toMatchObject({
      name: 'rock-1',
      at: '/lab/labs/x.yaml:55:3',
      class: 'rk3588',
      tags: ['tpm', 'pcie'],
      host: 'bench',
      firmware: 'installed',
      power: { pdu: 'pdu1', outlet: '3', at: '/lab/labs/x.yaml:59:5' },
      health: { says: 'U-Boot \\d+', within: 20 },
    })
    // An outlet is the word that is written: 1.20 is not 1.2.
    expect(lab(change('outlet: 1.2', 'outlet: 1.20')).places['pi-1']?.power?.outlet).toBe('1.20')
    expect([pi?.firmware, model?.firmware]).toEqual(['takes', 'takes'])
    expect(model).toMatchObject({ host: 'bench', consoles: {} })
    expect(model).not.toHaveProperty('power')
  })
})

describe('anchors', () => {
  const boards = (count: number): string => {
    const board = (index: number): string =>
      `  b${index}: { <<: *board, power: { pdu: pdu1, outlet: ${index} }, consoles: { uart0: { <<: *uart, telnet: 'c:${index + 1}' } }, limits: *limits }\n`
    return `pdus: { pdu1: { snmp: { address: pdu, community: { text: private }, profile: apc } } }
classes: { virt: { kind: board, loader: u-boot } }
places:
  b0: &board
    class: virt
    power: { pdu: pdu1, outlet: 0 }
    consoles: { uart0: &uart { telnet: 'c:1', worlds: [NS] } }
    limits: &limits { first-byte: 3 s }
    flash: { tftp: { folder: /srv/tftp, server: 10.0.0.1 } }
${Array.from({ length: count - 1 }, (_, index) => board(index + 1)).join('')}`
  }

  test('500 boards that share one are read, each with a place of its own in the file', () => {
    const { places } = lab(boards(500))
    expect(Object.keys(places)).toHaveLength(500)
    expect(places['b499']).toMatchObject({
      at: '/lab/labs/x.yaml:508:3',
      power: { outlet: '499' },
      flash: { at: '/lab/labs/x.yaml:9:5', folder: '/srv/tftp' },
      limits: { firstByte: 3 },
    })
    expect(places['b499']?.consoles['uart0']).toMatchObject({ source: { address: 'c', port: 500 }, worlds: ['NS'] })
  })

  test('a mistake in one is told once, where it stands, and one of a board at that board', () => {
    expect(errorsOf(boards(500).replace('first-byte: 3 s', 'first-byte: 3'))).toHaveLength(1)
    expect(errorsOf(boards(500).replace('outlet: 499', 'outlet: 498'))).toEqual([
      'labs/x.yaml:508:51: b499 hangs on outlet 498 of pdu1, as b498 does; each has an outlet of its own',
    ])
  })

  test('a file whose aliases make too much of it is refused before it fills the memory', () => {
    const levels = Array.from({ length: 40 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}, *a${index}]\n`)
    expect(errorsOf(`a0: &a0 [x]\n${levels.join('')}`)).toEqual([
      expect.stringMatching(
        /^labs\/x\.yaml:1:1: its aliases make \d{12,} values of this file; a lab may have 2000000; use/,
      ),
    ])
  })

  test('what they name is found under the names that objects have, too', () => {
    expect(errorsOf(change('class: rk3588', 'class: toString'))).toEqual([
      'labs/x.yaml:56:12: there is no class "toString"; it would be one of rk3588, pi, qemu, base-revc',
    ])
    const source = lab(change('bench:2004, via: gate', 'constructor:2004')).places['virt-3']?.consoles['uart0']?.source
    expect(source).toMatchObject({ address: 'constructor' })
  })
})

test('paths start at the folder of the file, whatever folder we are in', () => {
  const parsed = parseLab(goodLab, 'labs/x.yaml', files)
  expect(parsed.ok && parsed.lab.pdus['pdu3']).toMatchObject({
    access: { auth: { key: { file: `${process.cwd()}/labs/secrets/auth` } } },
  })
})
