import { dirname, resolve } from 'node:path'
import { parseLab } from '../../../domain/lab/file/parse-lab.ts'
import type { LabFiles } from '../../../domain/lab/file/reading.ts'
import type { Inventory } from '../../../domain/lab/inventory.ts'
import { formatError } from '../../../domain/yaml/located-error.ts'

/** Paths as the CLI resolves them, for somebody whose home is /home/lab. */
export const files: LabFiles = {
  resolve: (from, path) => (path.startsWith('~/') ? `/home/lab/${path.slice(2)}` : resolve(dirname(from), path)),
}

/** A lab without mistakes in which each way to power, to a UART and to a medium stands once; tests change one thing in it. */
export const goodLab = `description: one of each
hosts:
  gate: { ssh: { address: gate.lab, user: lab, key: agent, host-key: 'SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' } }
  bench:
    ssh:
      address: bench.lab
      port: 2222
      user: lab
      key: { file: ~/.ssh/lab }
      host-key: SHA256:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB
      jump: gate
pdus:
  pdu1:
    snmp: { address: 10.0.0.5, version: 2c, community: { env: PDU_COMMUNITY }, profile: apc }
    spacing: 1 s
  pdu3:
    snmp:
      address: 10.0.0.6
      port: 1161
      version: 3
      user: lab
      auth: { protocol: sha256, key: { file: secrets/auth } }
      privacy: { key: { command: [pass, lab/pdu3] } }
      profile: { set: '1.3.6.{outlet}.1', on: 1, off: 2, get: '1.3.7.{outlet}', reads-on: [1, 3] }
  plug: { http: { url: 'http://10.0.0.7/', profile: tasmota, login: { user: admin, password: { env: PLUG } } } }
  relay:
    http:
      url: https://relay.lab
      profile:
        on: { path: '/set?n={outlet}&to=1' }
        off: { method: POST, path: /set, body: { to: 0 } }
        state: { path: /state, json: 'relays.{outlet}.on', on: [true, 1], off: false }
  daemon: { pdudaemon: { pdu: rack } }
  script:
    command:
      host: bench
      on: [power, '{outlet}', on]
      off: [power, '{outlet}', off]
      state: { run: [power, '{outlet}'], on: '^on$', off: '^off$' }
classes:
  rk3588:
    kind: board
    cmdline: console=ttyS2,1500000
    limits: { first-byte: 10 s, shortest-off: 500 ms }
    loader:
      u-boot:
        prompt: 'rock# '
        autoboot: { says: Hit any key, key: "\\x03" }
        kernel-address: 0x40400000
        device-tree: 0x43000000
  pi: { kind: board, loader: self }
  qemu: { kind: board, loader: u-boot }
  base-revc: { kind: fvp, model: { parameters: { cluster0.NUM_CORES: 2, cache_state_modelled: false } } }
places:
  rock-1:
    class: rk3588
    tags: [tpm, pcie]
    host: bench
    power: { pdu: pdu1, outlet: 3 }
    consoles:
      uart0: { telnet: 'localhost:2001', via: bench, worlds: [EL3, NS] }
      uart1: { raw: '[fe80::1]:2002', worlds: [S-EL1] }
      records: { conserver: { server: 'conserver.lab:3109', console: rock-1-b } }
    flash: { tftp: { folder: /srv/tftp, server: 10.0.0.1 } }
    limits: { off-silence: 2 s }
    health: { says: 'U-Boot \\d+', within: 20 s }
  pi-1:
    class: pi
    host: bench
    firmware: takes
    power: { pdu: pdu3, outlet: 1.2 }
    consoles: { uart0: { tty: /dev/ttyUSB0, speed: 1500000, vanishes: true, worlds: [NS] } }
    flash:
      mux: { usbsdmux: /dev/usb-sd-mux/id-1, device: /dev/disk/by-id/sd, partition: 2, firmware-at: 0x8000 }
  pi-2:
    class: pi
    power: { pdu: plug, outlet: 1 }
    consoles: { uart0: { tty: /dev/ttyS0, worlds: [NS] } }
    flash:
      host: gate
      mux:
        commands:
          to-host: [mux, host]
          to-board: [mux, board]
          state: { run: [mux, get], host: ^host$, board: ^board$ }
        device: /dev/sdb
  virt-1:
    class: qemu
    power: { pdu: relay, outlet: 1 }
    consoles: { uart0: { command: [socat, STDIO, UNIX:/run/virt-1], host: here, worlds: [EL3, S-EL1, NS] } }
    flash: { fastboot: { device: udp:127.0.0.1, listen: udp } }
  virt-2:
    class: qemu
    power: { pdu: daemon, outlet: 2 }
    consoles: { uart0: { raw: bench:2003, via: gate, worlds: [NS] } }
    flash: { command: [flash, '{image}', '{initrd}', '{cmdline}'] }
  virt-3:
    class: qemu
    firmware: takes
    power: { pdu: script, outlet: 2 }
    consoles: { uart0: { raw: bench:2004, via: gate, worlds: [NS] } }
    flash: { command: [flash, '{image}', '{firmware}'] }
  model-1: { class: base-revc, host: bench }
`

/** @returns the lab that `text` means; throws its errors as text if it has any */
export function lab(text: string): Inventory {
  const parsed = parseLab(text, '/lab/labs/x.yaml', files)
  if (!parsed.ok) throw new Error(parsed.errors.map(formatError).join('\n'))
  return parsed.lab
}

/** @returns the errors of `text`, one line each */
export function errorsOf(text: string): string[] {
  const parsed = parseLab(text, 'labs/x.yaml', files)
  return parsed.ok ? [] : parsed.errors.map(formatError)
}

/** The good lab with one thing changed; throws if there was nothing to change. */
export function change(from: string | RegExp, to: string): string {
  const changed = goodLab.replace(from, () => to)
  if (changed === goodLab) throw new Error(`there is no ${String(from)} in the good lab`)
  return changed
}
