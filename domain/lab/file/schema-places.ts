import { z } from 'zod'
import { map } from '../../yaml/shapes.ts'
import { flash } from './schema-flash.ts'
import { absolutePath, cmdline, duration, endpoint, name, reference, text, word, words } from './schema-parts.ts'

// One map with every key, so that editors complete it; which keys go together is in check-places.ts and its neighbours.

const worlds = ['NS', 'EL3', 'S-EL2', 'S-EL1'] as const

const limits = map({
  'first-byte': duration
    .optional()
    .describe('From power-on to the first byte on any console: a place that takes longer is dead.'),
  'off-silence': duration
    .optional()
    .describe('How long all consoles must be silent before a place whose outlet cannot be asked counts as off.'),
  'shortest-off': duration.optional().describe('The shortest time between off and on again.'),
})

const notOneKey = 'is not one key; one character, e.g. " " or "\\x03"'

const uBoot = map({
  prompt: z.string().min(1, 'is empty; e.g. "=> "').default('=> ').describe('Its prompt, literally.'),
  autoboot: map({
    says: z
      .string()
      .min(1, 'is empty; what it prints before it boots by itself')
      .default('Hit any key to stop autoboot')
      .describe('What it prints before it boots by itself, literally.'),
    key: z.string().length(1, notOneKey).default(' ').describe('The one key that stops it.'),
  })
    .default({ says: 'Hit any key to stop autoboot', key: ' ' })
    .describe('How it is stopped.'),
  'kernel-address': z
    .int()
    .min(0, 'is no address; e.g. 0x40400000')
    .optional()
    .describe('Where it loads the kernel to; its own kernel_addr_r when left out.'),
  'initrd-address': z
    .int()
    .min(0, 'is no address; e.g. 0x44000000')
    .optional()
    .describe('Where it loads the initrd to; its own ramdisk_addr_r when left out.'),
  'device-tree': z
    .union([
      z.int().min(0, 'is no address; e.g. 0x43000000'),
      z
        .string()
        .regex(/^([A-Za-z_]\w*|\$\{\w+\})$/, 'is neither an address nor a variable; 0x43000000 or fdtcontroladdr'),
    ])
    .default('fdtcontroladdr')
    .describe('Where the device tree lies: an address, or the variable of U-Boot that holds one.'),
})

/** What places of one kind have in common, as the file has it. */
export const placeClass = map({
  kind: z.enum(['board', 'fvp']).describe('What it is: a board, or an Arm FVP model.'),
  cmdline: cmdline.default('').describe("What the kernel is told beside the cell's own, e.g. console=ttyS2,1500000."),
  limits: limits.default({}).describe('Times that these places are known to keep.'),
  loader: z
    .union([
      z.enum(['u-boot', 'uefi', 'self'], 'is no loader; u-boot, uefi, self or { u-boot: { prompt: ... } }'),
      map({ 'u-boot': uBoot.describe('U-Boot, and how it is spoken to.') }),
    ])
    .optional()
    .describe(
      'For a board: u-boot is stopped at its prompt and told what to load, uefi likewise at its shell, self starts what the medium holds.',
    ),
  model: map({
    binary: word
      .default('FVP_Base_RevC-2xAEMvA')
      .describe('The program: a path, or a name to look for on PATH. FVP_BIN goes before it.'),
    parameters: z.record(word, text).default({}).describe('-C parameters over those of the stack, by name.'),
  })
    .optional()
    .describe('For an fvp: the model and its parameters.'),
})

/** One UART of a place, as the file has it. */
export const placeConsole = map({
  telnet: endpoint.optional().describe('A console server that speaks telnet (RFC 854, RFC 2217), e.g. bench:2001.'),
  raw: endpoint.optional().describe('A console server that gives bytes and nothing else.'),
  conserver: map({
    server: endpoint.describe('Where conserver listens, e.g. bench:3109.'),
    console: word.describe("The console's name there."),
    user: word.default('hyplab').describe('Who we say that we are.'),
  })
    .optional()
    .describe('A console of conserver.'),
  tty: absolutePath.optional().describe('A tty of the host, e.g. /dev/serial/by-id/... .'),
  command: words.optional().describe('A command of the host whose standard input and output are the UART.'),
  speed: z
    .int()
    .min(1, 'is no speed; e.g. 115200')
    .optional()
    .describe(
      'Bits per second. With tty 115200 when left out; with telnet the server is asked for it only when it is said.',
    ),
  host: reference.optional().describe("With tty and command: where they are; the place's host when left out."),
  via: reference.optional().describe('With telnet, raw and conserver: the host from which the address is seen.'),
  vanishes: z.boolean().optional().describe("Whether it goes with the board's power, as an on-board USB serial does."),
  worlds: z
    .array(z.enum(worlds))
    .default([])
    .describe('Who speaks there, in the order in which they begin to: NS, EL3, S-EL2, S-EL1.'),
})

/** One machine of a lab, as the file has it. */
export const place = map({
  class: reference.describe('Its class.'),
  tags: z
    .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'is no tag; letters, digits and . _ -'))
    .default([])
    .describe('What it has beyond its class; plans ask for it.'),
  host: reference.default('here').describe('The host that it hangs on.'),
  firmware: z
    .enum(['installed', 'takes'])
    .optional()
    .describe('installed: its firmware is left alone, as for a board that does not say; takes: it takes a stack.'),
  power: map({
    pdu: reference.describe('The PDU.'),
    outlet: text.describe('The outlet, as the PDU counts.'),
  })
    .optional()
    .describe('What it is switched by.'),
  consoles: z.record(name, placeConsole).default({}).describe('Its UARTs, by name.'),
  flash: flash.optional().describe('How kernel, initrd and firmware get onto it.'),
  limits: limits.default({}).describe('Limits over those of its class.'),
  health: map({
    says: z.string().min(1, 'is empty; a regular expression').describe('A line, as a regular expression.'),
    within: duration.default('60 s').describe('How long after power-on.'),
  })
    .optional()
    .describe('What it must say after power-on to be healthy.'),
})

export type FileClass = z.output<typeof placeClass>
export type FilePlace = z.output<typeof place>
export type FileConsole = z.output<typeof placeConsole>
export type FileLimits = z.output<typeof limits>
