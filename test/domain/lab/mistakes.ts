import { change, goodLab } from './labs.ts'

/** What people get wrong in a lab's file, each as a text with this one mistake, and the sentence that it gets. */
export const mistakes: [what: string, text: () => string, sentence: string][] = [
  [
    'an empty file',
    () => '# later\n',
    '1:1: the lab is empty; it needs at least classes and places, see docs/running-a-lab.md',
  ],
  [
    'a list',
    () => '- a\n',
    '1:1: the lab is a list; it would be a map, lines of key: value, see docs/running-a-lab.md',
  ],
  [
    'YAML that is none',
    () => change('{ telnet: ', '[ telnet: '),
    '61:14: the [ that begins here has no end; add ] where the list ends',
  ],
  [
    'a tag',
    () => change('description: one', 'description: !secret one'),
    '1:14: tags (!name) have no meaning in a lab; remove it, or put the text in quotes',
  ],
  [
    'an unknown section',
    () => `${goodLab}boards: {}\n`,
    '104:1: unknown key "boards" in the lab; it would be one of description, hosts, pdus, classes, places',
  ],
  ['a misspelt section', () => change('\npdus:', '\npdu:'), '12:1: unknown key "pdu" in the lab; did you mean "pdus"?'],
  [
    'no places',
    () => goodLab.slice(0, goodLab.indexOf('places:')),
    '1:1: missing key "places" in the lab; add places: ..., see docs/running-a-lab.md',
  ],
  [
    'places that are none',
    () => `${goodLab.slice(0, goodLab.indexOf('places:'))}places: {}\n`,
    '54:9: places is an empty map; one entry at least',
  ],
  [
    'a name that begins with a digit',
    () => change('  rock-1:\n', '  1-rock:\n'),
    '55:3: "1-rock" is not a name; a letter, then letters, digits and . _ -',
  ],
  [
    'a place twice',
    () => change('  pi-2:\n', '  pi-1:\n'),
    '75:3: the key pi-1 stands twice in this map; merge the two or rename one',
  ],
  [
    'a console twice',
    () => change('records: {', 'uart1: {'),
    '63:7: the key uart1 stands twice in this map; merge the two or rename one',
  ],
  [
    'a class that is not there',
    () => change('class: rk3588', 'class: rk3566'),
    '56:12: there is no class "rk3566"; did you mean "rk3588"?',
  ],
  [
    'a PDU that is not there',
    () => change('pdu: pdu1,', 'pdu: pdu2,'),
    '59:19: there is no PDU "pdu2"; did you mean "pdu1"?',
  ],
  [
    'a host that is not there',
    () => change('host: bench\n    power: { pdu: pdu1', 'host: bnech\n    power: { pdu: pdu1'),
    '58:11: there is no host "bnech"; did you mean "bench"?',
  ],
  [
    'a host of a console that is not there',
    () => change('host: here, worlds', 'host: there, worlds'),
    '90:75: there is no host "there"; did you mean "here"?',
  ],
  [
    'a host of a flash that is not there',
    () => change('host: gate\n      mux', 'host: gates\n      mux'),
    '80:13: there is no host "gates"; did you mean "gate"?',
  ],
  [
    'a jump host that is not there',
    () => change('jump: gate', 'jump: gat'),
    '11:13: there is no host "gat"; did you mean "gate"?',
  ],
  [
    'jumps in a circle',
    () => change("key: agent, host-key: 'SHA256:AA", "key: agent, jump: bench, host-key: 'SHA256:AA"),
    '3:66: the jumps go in a circle: gate -> bench -> gate; let one of them be reached without a jump',
  ],
  [
    'a jump to here',
    () => change('jump: gate', 'jump: here'),
    '11:13: bench is reached from here anyway; remove jump, or name another host',
  ],
  [
    'a host called here',
    () =>
      change('  gate: {', `  here: { ssh: { address: a, user: b, host-key: 'SHA256:${'C'.repeat(43)}' } }\n  gate: {`),
    '3:3: "here" is always this machine; give the other host another name',
  ],
  [
    'a host key in another form',
    () => change('SHA256:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB', 'MD5:aa:bb'),
    '10:17: "MD5:aa:bb" is no fingerprint of a host key; SHA256:..., as ssh-keygen -lf prints it',
  ],
  [
    'an ssh host without its key',
    () => change('      host-key: SHA256:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB\n', ''),
    '5:5: missing key "host-key" in hosts.bench.ssh; add host-key: ..., see docs/running-a-lab.md',
  ],
  [
    'an address with a port',
    () => change('address: 10.0.0.5', "address: '10.0.0.5:161'"),
    '14:22: "10.0.0.5:161" is no address; a host name or an IP address, without a port',
  ],
  [
    'an outlet by its name on a PDU that counts',
    () => change('pdu: pdu1, outlet: 3', 'pdu: pdu1, outlet: three'),
    '59:33: outlet three is no number, and pdu1 is asked by SNMP; write what stands in the OIDs of its outlet, e.g. 3, or 1.1.3 of a PDU with towers',
  ],
  [
    'two places on one outlet',
    () => change('pdu: script, outlet: 2', 'pdu: pdu1, outlet: 3'),
    '100:33: virt-3 hangs on outlet 3 of pdu1, as rock-1 does; each has an outlet of its own',
  ],
  [
    'two places on one console port',
    () => change('bench:2004', 'bench:2003'),
    '101:17: uart0 of virt-3 is the same UART as uart0 of virt-2; each has one of its own',
  ],
  [
    'one console port under two names of its host',
    () => change('raw: bench:2003, via: gate', "raw: 'bench.lab:2001', via: gate"),
    '95:17: uart0 of virt-2 is the same UART as uart0 of rock-1; each has one of its own',
  ],
  [
    'one tty for two places',
    () =>
      change('/dev/ttyS0', '/dev/ttyUSB0').replace(
        '  pi-2:\n    class: pi\n',
        '  pi-2:\n    class: pi\n    host: bench\n',
      ),
    '79:17: uart0 of pi-2 is the same UART as uart0 of pi-1; each has one of its own',
  ],
  [
    'one UART under two names',
    () => change("'[fe80::1]:2002'", "'localhost:2001', via: bench"),
    '62:7: uart1 of rock-1 is the same UART as uart0; each has one of its own',
  ],
  [
    'a board without power',
    () => change('    power: { pdu: pdu1, outlet: 3 }\n', ''),
    '55:3: rock-1 has no power; add power: { pdu: ..., outlet: ... }, for a board that nobody can switch off is never free again',
  ],
  [
    'a board with U-Boot and no flash',
    () => change('    flash: { tftp: { folder: /srv/tftp, server: 10.0.0.1 } }\n', ''),
    '55:3: rock-1 has no flash, and its U-Boot must be told what to load; add flash: { tftp: ... }',
  ],
  [
    'no console on which the normal world speaks',
    () => change('worlds: [EL3, NS] }\n      uart1', 'worlds: [EL3] }\n      uart1'),
    '55:3: on no console of rock-1 the normal world speaks; add NS to the worlds of the console that the kernel speaks on',
  ],
  [
    'a world that is none',
    () => change('[S-EL1] }\n      records', '[S-EL3] }\n      records'),
    '62:48: "S-EL3" is not right here; did you mean "S-EL2"?',
  ],
  [
    'a board without a loader',
    () => change('pi: { kind: board, loader: self }', 'pi: { kind: board }'),
    '51:3: pi does not say how a kernel is started on it; add loader: u-boot or uefi, or loader: self where it starts by itself what the medium holds',
  ],
  [
    'a loader that is not known',
    () => change('loader: self', 'loader: grub'),
    '51:30: "grub" is no loader; u-boot, uefi, self or { u-boot: { prompt: ... } }',
  ],
  [
    'a kind that is none',
    () => change('qemu: { kind: board', 'qemu: { kind: bord'),
    '52:17: "bord" is not right here; did you mean "board"?',
  ],
  [
    'an FVP with power',
    () => change('base-revc, host: bench', 'base-revc, host: bench, power: { pdu: pdu1, outlet: 4 }'),
    '103:45: "power" has no meaning for an FVP, which model-1 is by its class; remove it',
  ],
  [
    'an FVP with installed firmware',
    () => change('base-revc, host: bench', 'base-revc, host: bench, firmware: installed'),
    '103:55: an FVP has no firmware of its own; remove it: a model takes a stack',
  ],
  [
    'a model for a board',
    () => change('loader: self }', 'loader: self, model: {} }'),
    '51:36: "model" has no meaning for a board; remove it',
  ],
  [
    'a console that is nowhere',
    () => change('uart0: { tty: /dev/ttyS0, worlds', 'uart0: { worlds'),
    '78:17: uart0 does not say where it is; add telnet, raw, conserver, tty or command',
  ],
  [
    'a console in two ways',
    () => change("telnet: 'localhost:2001'", "telnet: 'localhost:2001', raw: 'localhost:2001'"),
    '61:42: "telnet" and "raw" are two ways for one thing; keep one of them',
  ],
  [
    'a misspelt way to a console',
    () => change("{ telnet: 'loc", "{ telnt: 'loc"),
    '61:16: unknown key "telnt" in places.rock-1.consoles.uart0; did you mean "telnet"?',
  ],
  [
    'a console server without a port',
    () => change('bench:2004', 'bench'),
    '101:31: "bench" is no address with a port up to 65535; e.g. localhost:2001 or [fe80::1]:2001',
  ],
  [
    'a port that is none',
    () => change('bench:2004', 'bench:72004'),
    '101:31: "bench:72004" is no address with a port up to 65535; e.g. localhost:2001 or [fe80::1]:2001',
  ],
  ['via here', () => change('via: bench', 'via: here'), '61:47: the address is seen from here anyway; remove via'],
  [
    'a speed that nobody can be asked for',
    () => change('raw: bench:2004,', 'raw: bench:2004, speed: 9600,'),
    '101:43: "speed" has no meaning for a console by raw; remove it',
  ],
  [
    'a tty via a host',
    () => change('tty: /dev/ttyS0,', 'tty: /dev/ttyS0, via: bench,'),
    '78:43: "via" has no meaning for a console by tty; remove it',
  ],
  [
    'a console behind a jump host',
    () => change('raw: bench:2004, via: gate', 'raw: bench:2004'),
    '101:31: bench is not seen from here, but through gate; add via: gate',
  ],
  [
    'a regular expression that does not compile',
    () => change("'U-Boot \\d+'", "'U-Boot (\\d+'"),
    '66:21: "U-Boot (\\d+" is no regular expression: unterminated group; a \\ before ( [ { . * + ? makes it literal',
  ],
  [
    'a regular expression that fits everything',
    () => change("'^off$'", "'.*'"),
    '39:59: ".*" fits any text, even an empty one; name something that must be there',
  ],
  [
    'a command that is told of no outlet',
    () =>
      change("off: [power, '{outlet}', off]", 'off: [power, off]').replace(
        'pdu: daemon, outlet: 2',
        'pdu: script, outlet: 3',
      ),
    '38:12: virt-2, virt-3 hang on script, and this command is told of no outlet; let a word of it hold {outlet}',
  ],
  [
    'one command for on and off',
    () => change("off: [power, '{outlet}', off]", "off: [power, '{outlet}', on]"),
    '38:12: the same command switches on and off; each has its own',
  ],
  [
    'a command as one text',
    () => change("on: [power, '{outlet}', on]", "on: power '{outlet}' on"),
    `37:11: "power '{outlet}' on" is no list of words; [program, argument, ...], for no shell reads them`,
  ],
  [
    'a community in plain text',
    () => change('{ env: PDU_COMMUNITY }', 'geheim'),
    '14:56: pdus.pdu1.snmp.community is a secret in plain text; say where it is: { env: NAME }, { file: PATH } of mode 0600 or { command: [...] }',
  ],
  [
    'a community as text that is no default',
    () => change('{ env: PDU_COMMUNITY }', '{ text: geheim }'),
    '14:64: a secret stands in the file; only the words public and private are none; say where it is: { env: NAME }, { file: PATH } of mode 0600 or { command: [...] }',
  ],
  [
    'a password in plain text',
    () => change('password: { env: PLUG }', 'password: geheim'),
    '25:94: pdus.plug.http.login.password is a secret in plain text; say where it is: { env: NAME }, { file: PATH } of mode 0600 or { command: [...] }',
  ],
  [
    'a password that is a number',
    () => change('password: { env: PLUG }', 'password: 123456'),
    '25:94: pdus.plug.http.login.password is a secret in plain text; say where it is: { env: NAME }, { file: PATH } of mode 0600 or { command: [...] }',
  ],
  [
    'a password where a variable would be',
    () => change('password: { env: PLUG }', "password: { env: 'ge heim' }"),
    '25:101: pdus.plug.http.login.password.env is no name of a variable; letters, digits and _, without $',
  ],
  [
    'a password in an address',
    () => change("'http://10.0.0.7/'", 'http://admin:geheim@10.0.0.7/'),
    '25:24: pdus.plug.http.url is no address of a web server; e.g. http://10.0.0.7, with neither user nor password in it',
  ],
  [
    'a password in a request',
    () => change('path: /state', "path: '/state?user=a&password=geheim'"),
    '32:24: a secret stands in the path of a request; let it be the password of login',
  ],
  [
    'a secret that is nowhere',
    () => change('{ env: PDU_COMMUNITY }', '{}'),
    '14:45: the community is nowhere; add env, file, command or text',
  ],
  [
    'an unknown SNMP profile',
    () => change('profile: apc', 'profile: apcc'),
    '14:89: "apcc" is no SNMP profile; did you mean "apc"?',
  ],
  [
    'an unknown HTTP profile',
    () => change('profile: tasmota', 'profile: shelly1'),
    '25:53: "shelly1" is no HTTP profile; did you mean "shelly-1"?',
  ],
  [
    'an OID without an outlet',
    () => change("'1.3.7.{outlet}'", "'1.3.7.1'"),
    '24:63: "1.3.7.1" is no OID with {outlet} in it; e.g. 1.3.6.1.4.1.318.1.1.4.4.2.1.3.{outlet}, in quotes',
  ],
  [
    'one value that switches on and off',
    () => change("'1.3.6.{outlet}.1', on: 1, off: 2", "'1.3.6.{outlet}.1', on: 1, off: 1"),
    '24:55: the value 1 switches on and off; each has its own',
  ],
  [
    'SNMP without a community',
    () => change('community: { env: PDU_COMMUNITY }, ', ''),
    '14:5: version 2c needs a community; add community: { env: NAME } or { text: private }',
  ],
  [
    'SNMP 3 with a community',
    () => change('version: 3\n      user: lab', 'version: 3\n      user: lab\n      community: { text: public }'),
    '22:7: "community" has no meaning for version 3; remove it',
  ],
  [
    'a version of SNMP that is none',
    () => change('version: 2c', 'version: 2'),
    '14:41: 2 is no version of SNMP; 1, 2c or 3',
  ],
  [
    'encryption without authentication',
    () => change('      auth: { protocol: sha256, key: { file: secrets/auth } }\n', ''),
    '22:7: SNMP encrypts nothing that is not signed; add auth: ...',
  ],
  [
    'one PDU under two names',
    () => change('address: 10.0.0.6\n      port: 1161', 'address: 10.0.0.5'),
    '17:5: pdu3 is the same device as pdu1; write it once: it is given one command at a time by its name',
  ],
  [
    'a PDU that is spoken to in no way',
    () => change('daemon: { pdudaemon: { pdu: rack } }', 'daemon: { spacing: 1 s }'),
    '33:3: daemon does not say how it is spoken to; add snmp, http, pdudaemon or command',
  ],
  [
    'a limit without a unit',
    () => change('first-byte: 10 s', 'first-byte: 10'),
    '44:27: 10 is not a duration; a number with a unit, e.g. 500 ms, 10 s or 2 min',
  ],
  [
    'a limit that no place keeps',
    () => change('off-silence: 2 s', 'off-silence: 0 s'),
    '65:28: no place keeps off-silence: 0 s; give it some seconds, e.g. 10 s',
  ],
  [
    'a limit that is not known',
    () => change('off-silence: 2 s', 'off-silense: 2 s'),
    '65:15: unknown key "off-silense" in places.rock-1.limits; did you mean "off-silence"?',
  ],
  ['a tag twice', () => change('[tpm, pcie]', '[tpm, tpm]'), '57:17: "tpm" stands twice in this list; name it once'],
  [
    'a flash in no way',
    () => change('flash: { tftp: { folder: /srv/tftp, server: 10.0.0.1 } }', 'flash: { host: bench }'),
    '64:5: this flash does not say how files get onto the board; add tftp, mux, mmc, ums, uefi-http, fastboot, openocd or command',
  ],
  [
    'a folder that is not absolute',
    () => change('folder: /srv/tftp', 'folder: srv/tftp'),
    '64:30: "srv/tftp" is not an absolute path; it would start with /',
  ],
  [
    'a mux that nobody switches',
    () => change('usbsdmux: /dev/usb-sd-mux/id-1, ', ''),
    '74:7: the mux does not say how it is switched; add usbsdmux, sd-mux-ctrl, sdwire or commands',
  ],
  [
    'a flash command without an image',
    () => change("[flash, '{image}', '{firmware}']", "[flash, '{firmware}']"),
    '102:23: this command flashes no kernel; let a word of it hold {image}',
  ],
  [
    'a misspelt word of a flash command',
    () => change("'{initrd}', ", "'{inittrd}', "),
    '96:42: {inittrd} stands for nothing; did you mean {initrd}?',
  ],
  [
    'firmware for which there is no way',
    () => change('    flash: { tftp: {', '    firmware: takes\n    flash: { tftp: {'),
    '64:15: no firmware gets onto a board by tftp; let it be installed, or flash by mux, mmc, ums, openocd or command',
  ],
  [
    'firmware that the command does not flash',
    () => change("'{image}', '{firmware}'", "'{image}'"),
    '102:23: this place takes firmware, and the command flashes none; let a word of it hold {firmware}, or let the firmware be installed',
  ],
  [
    'firmware that the mux does not write',
    () => change(', firmware-at: 0x8000', ''),
    '74:7: this place takes firmware, and the mux does not say where to; add firmware-at: ..., or let the firmware be installed',
  ],
  [
    'OpenOCD without its files',
    () => change('fastboot: { device: udp:127.0.0.1, listen: udp }', 'openocd: { kernel-at: 0, initrd-at: 0x2000000 }'),
    '91:14: missing key "config" in places.virt-1.flash.openocd; add config: ..., see docs/running-a-lab.md',
  ],
  [
    'OpenOCD that is not told where U-Boot takes the kernel',
    () => change('fastboot: { device: udp:127.0.0.1, listen: udp }', 'openocd: { config: [board.cfg] }'),
    '91:14: openocd does not know where in memory U-Boot takes kernel and initrd; add kernel-address and initrd-address to the loader of its class, or kernel-at and initrd-at here',
  ],
  [
    'a kernel in flash and an initrd nowhere',
    () =>
      change(
        'fastboot: { device: udp:127.0.0.1, listen: udp }',
        'openocd: { config: [board.cfg], kernel-at: 0x08200000 }',
      ),
    '91:14: the kernel goes into flash, and the initrd nowhere; add initrd-at: ...',
  ],
  [
    'a board that finds no kernel in its flash',
    () =>
      change(
        'mux: { usbsdmux: /dev/usb-sd-mux/id-1, device: /dev/disk/by-id/sd, partition: 2, firmware-at: 0x8000 }',
        'openocd: { config: [board.cfg], firmware-at: 0x08000000 }',
      ),
    '74:7: a board that starts by itself finds no kernel; add kernel-at and initrd-at, or another way beside openocd',
  ],
  [
    'firmware that OpenOCD has no address for',
    () =>
      change(
        "{ command: [flash, '{image}', '{firmware}'] }",
        '{ openocd: { config: [board.cfg], kernel-at: 0, initrd-at: 0x2000000 } }',
      ),
    '102:14: this place takes firmware, and openocd does not say where to; add firmware-at: ..., or let the firmware be installed',
  ],
  [
    'firmware for OpenOCD that is installed',
    () =>
      change(
        'fastboot: { device: udp:127.0.0.1, listen: udp }',
        'openocd: { config: [board.cfg], firmware-at: 0x08000000, kernel-at: 0, initrd-at: 0x2000000 }',
      ),
    '91:46: the firmware of this place is installed; remove firmware-at, or add firmware: takes',
  ],
  [
    'OpenOCD that writes nothing beside TFTP',
    () => change('server: 10.0.0.1 } }', 'server: 10.0.0.1 }, openocd: { config: [board.cfg] } }'),
    '64:61: openocd writes nothing beside tftp; add firmware-at or images, or remove it',
  ],
  [
    'a kernel that comes by TFTP and by OpenOCD',
    () =>
      change(
        'server: 10.0.0.1 } }',
        'server: 10.0.0.1 }, openocd: { config: [board.cfg], images: [{ file: /srv/env.img, at: 0 }], kernel-at: 0x08200000 } }',
      ),
    '64:134: kernel and initrd come by tftp; remove kernel-at, or tftp',
  ],
  [
    'firmware that two write',
    () =>
      change(
        'firmware-at: 0x8000 }',
        'firmware-at: 0x8000 }\n      openocd: { config: [board.cfg], firmware-at: 0x08000000 }',
      ),
    '75:39: the firmware is written by mux, too; keep one of them',
  ],
  [
    'a misspelt key of OpenOCD',
    () => change('server: 10.0.0.1 } }', 'server: 10.0.0.1 }, openocd: { config: [board.cfg], firmware-att: 0 } }'),
    '64:93: unknown key "firmware-att" in places.rock-1.flash.openocd; did you mean "firmware-at"?',
  ],
  [
    'a medium that is compared with itself',
    () => change(', firmware-at: 0x8000', ', firmware-at: 0x8000, base: /dev/disk/by-id/sd'),
    '74:115: the medium is compared with itself; name a copy that was made when it was set up',
  ],
  [
    'firmware that has no place on a medium that U-Boot writes',
    () =>
      change(
        "{ command: [flash, '{image}', '{firmware}'] }",
        '{ mmc: { base: /srv/board.img, folder: /srv/tftp, server: 10.0.0.1 } }',
      ),
    '102:14: this place takes firmware, and mmc does not say where to; add firmware-at: ..., or let the firmware be installed',
  ],
  [
    'a medium that U-Boot should write where there is none',
    () =>
      change(
        'mux: { usbsdmux: /dev/usb-sd-mux/id-1, device: /dev/disk/by-id/sd, partition: 2, firmware-at: 0x8000 }',
        'mmc: { base: /srv/board.img, firmware-at: 0, folder: /srv/tftp, server: 10.0.0.1 }',
      ),
    '74:7: U-Boot writes this medium, and the class has another loader; let its loader be u-boot',
  ],
  [
    'a medium that U-Boot should lend where there is none',
    () =>
      change(
        'mux: { usbsdmux: /dev/usb-sd-mux/id-1, device: /dev/disk/by-id/sd, partition: 2, firmware-at: 0x8000 }',
        'ums: { device: /dev/disk/by-id/usb-ums, firmware-at: 0 }',
      ),
    '74:7: U-Boot lends this medium, and the class has another loader; let its loader be u-boot',
  ],
  [
    'firmware that has no place on a medium that U-Boot lends',
    () => change("{ command: [flash, '{image}', '{firmware}'] }", '{ ums: { device: /dev/disk/by-id/usb-ums } }'),
    '102:14: this place takes firmware, and ums does not say where to; add firmware-at: ..., or let the firmware be installed',
  ],
  [
    'a medium that is lent and compared with itself',
    () => change('fastboot: { device: udp:127.0.0.1, listen: udp }', 'ums: { device: /dev/sda, base: /dev/sda }'),
    '91:45: the medium is compared with itself; name a copy that was made when it was set up',
  ],
  [
    'a medium that U-Boot has no name for',
    () => change('fastboot: { device: udp:127.0.0.1, listen: udp }', 'ums: { device: /dev/sda, medium: mmc0 }'),
    '91:47: "mmc0" is nothing that U-Boot lends; e.g. mmc 0',
  ],
  [
    'an image for UEFI where there is none',
    () =>
      change(
        'fastboot: { device: udp:127.0.0.1, listen: udp }',
        'uefi-http: { folder: /srv/www, url: http://10.0.0.1/ }',
      ),
    '91:14: a UEFI shell boots from a web server, and the class has another loader; let its loader be uefi',
  ],
  [
    'a UEFI shell that is told nothing',
    () => goodLab.replace(/    loader:\n {6}u-boot:\n(?: {8}.*\n)+/, '    loader: uefi\n'),
    '59:14: a UEFI shell is not told of what comes by tftp; flash by uefi-http, or let the loader be another',
  ],
  [
    'a medium of which there is no copy',
    () => change('fastboot: { device: udp:127.0.0.1, listen: udp }', 'mmc: { folder: /srv/tftp, server: 10.0.0.1 }'),
    '91:14: missing key "base" in places.virt-1.flash.mmc; add base: ..., see docs/running-a-lab.md',
  ],
  [
    'U-Boot that is not told where the medium is',
    () => change('class: pi\n    host: bench', 'class: qemu\n    host: bench'),
    '74:7: U-Boot must be told where on the medium the files are; add load-from: mmc 0:1',
  ],
  [
    'a key of U-Boot that is two',
    () => change('key: "\\x03"', 'key: "ab"'),
    '48:45: classes.rk3588.loader.u-boot.autoboot.key is not one key; one character, e.g. " " or "\\x03"',
  ],
]
