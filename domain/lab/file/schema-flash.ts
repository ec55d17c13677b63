import { z } from 'zod'
import { map } from '../../yaml/shapes.ts'
import { absolutePath, address, duration, reference, text, url, word, words } from './schema-parts.ts'

// One map with every key, so that editors complete it; which keys go together is in check-flash.ts and check-openocd.ts.

const server = {
  folder: absolutePath.describe('The folder of the host that the TFTP server serves; attempts have their own in it.'),
  server: address.describe('The server as the board sees it.'),
  network: z
    .array(z.string().min(1, 'is empty; a command of U-Boot'))
    .default(['setenv autoload no', 'dhcp'])
    .describe("Commands of U-Boot that bring the board's network up."),
}

const partition = z
  .int()
  .min(0, 'is no partition; 1 is the first, 0 the whole medium')
  .default(1)
  .describe('Its FAT partition for kernel and initrd, from 1; 0 where the whole medium is one file system.')
const firmwareAt = z
  .int()
  .min(0, 'is no place on the medium; bytes from its start, e.g. 0x8000')
  .optional()
  .describe("With firmware: takes: where it is written, bytes from the medium's start.")

const flashAddress = z.int().min(0, 'is no address; e.g. 0x08000000')

const openocd = map({
  config: z
    .array(text, 'is no list of files; [interface/ftdi/minimodule.cfg, /srv/lab/board.cfg]')
    .min(1, 'is an empty list; one file at least')
    .describe("OpenOCD's files for adapter and board, as its -f takes them, in order."),
  arguments: z
    .array(text, 'is no list of words; [-c, adapter serial FT1234], for no shell reads them')
    .default([])
    .describe('Words of its command line before those files, e.g. [-c, adapter serial FT1234].'),
  begin: z
    .array(z.string().min(1, 'is empty; a command of OpenOCD'), 'is no list of commands; [reset init]')
    .default(['reset init'])
    .describe('Its commands that stop the board, so that its flash can be read and written.'),
  'firmware-at': flashAddress.optional().describe('With firmware: takes: its address in flash.'),
  'kernel-at': flashAddress
    .optional()
    .describe("The kernel's address in flash; left out, U-Boot finds it in memory, where OpenOCD puts it."),
  'initrd-at': flashAddress.optional().describe("The initrd's address in flash, likewise."),
  images: z
    .array(
      map({
        file: absolutePath.describe('A file of the host.'),
        at: flashAddress.describe('Its address in flash.'),
      }),
    )
    .default([])
    .describe('What the flash has to hold as well, before each attempt.'),
  within: duration.default('10 min').describe('How long one run of OpenOCD may take.'),
})

/** How a place is flashed, as the file has it. */
export const flash = map({
  tftp: map(server).optional().describe('U-Boot loads the files from a TFTP server.'),
  mux: map({
    usbsdmux: word.optional().describe('The mux as usbsdmux takes it, e.g. /dev/usb-sd-mux/id-000000001234.'),
    'sd-mux-ctrl': word.optional().describe('The serial number as sd-mux-ctrl takes it.'),
    sdwire: word.optional().describe('The serial number as sdwire takes it.'),
    commands: map({
      'to-host': words.describe('The command that gives the medium to the host.'),
      'to-board': words.describe('The command that gives the medium to the board.'),
      state: map({
        run: words.describe('The command that says who has it.'),
        host: z.string().min(1, 'is empty; a regular expression').describe('What it prints when the host has it.'),
        board: z.string().min(1, 'is empty; a regular expression').describe('What it prints when the board has it.'),
      })
        .optional()
        .describe('How it is asked who has the medium: regular expressions.'),
    })
      .optional()
      .describe('Any other mux: commands of the host.'),
    device: absolutePath.describe('The medium as the host sees it, e.g. /dev/disk/by-id/... .'),
    partition,
    'load-from': z
      .string()
      .regex(/^\S+ \S+$/, 'is nothing that U-Boot loads from; e.g. mmc 0:1')
      .optional()
      .describe('With U-Boot: the same partition as its load command takes it, e.g. mmc 0:1.'),
    'firmware-at': firmwareAt,
    base: absolutePath
      .optional()
      .describe(
        'The medium as it was set up, an image of the host: all that differs is written back before each attempt.',
      ),
  })
    .optional()
    .describe('A medium that is switched between the host and the board.'),
  mmc: map({
    device: z
      .int()
      .min(0, 'is no device; 0 is the first')
      .default(0)
      .describe("The medium as U-Boot's mmc dev takes it."),
    base: absolutePath.describe(
      'The medium as it was set up, an image of the host: all of it is compared and written.',
    ),
    partition,
    'firmware-at': firmwareAt,
    ...server,
  })
    .optional()
    .describe("The board's own SD card or eMMC, which its U-Boot writes from pieces that it loads by TFTP."),
  ums: map({
    controller: z
      .int()
      .min(0, 'is no controller; 0 is the first')
      .default(0)
      .describe("The board's USB device controller, as U-Boot's ums takes it."),
    medium: z
      .string()
      .regex(/^[a-z]\w* \d+$/, 'is nothing that U-Boot lends; e.g. mmc 0')
      .default('mmc 0')
      .describe("The medium as U-Boot's ums takes it, e.g. mmc 0."),
    device: absolutePath.describe('The medium as the host sees it while it is lent, e.g. /dev/disk/by-id/... .'),
    partition,
    'firmware-at': firmwareAt,
    base: absolutePath
      .optional()
      .describe(
        'The medium as it was set up, an image of the host: all that differs is written back before each attempt.',
      ),
    within: duration.default('30 s').describe('How long the host may take to see the medium once it is lent.'),
  })
    .optional()
    .describe("The board's own SD card or eMMC, which its U-Boot lends to the host by USB."),
  'uefi-http': map({
    folder: absolutePath.describe('The folder of the host that a web server serves; attempts have their own in it.'),
    url: url.describe('The address of that folder as the board sees it, e.g. http://10.0.0.1/boot.'),
  })
    .optional()
    .describe('UEFI firmware boots an image from a web server.'),
  fastboot: map({
    device: text.describe('The device as fastboot -s takes it, e.g. udp:10.0.0.9.'),
    listen: z
      .string()
      .min(1, 'is empty; e.g. udp or usb 0')
      .optional()
      .describe("How U-Boot is told to listen, e.g. udp or usb 0; left out where the board's own firmware does."),
  })
    .optional()
    .describe("fastboot's own client."),
  openocd: openocd
    .optional()
    .describe('OpenOCD, by JTAG or SWD: writes flash; beside another way, which brings kernel and initrd.'),
  command: words
    .optional()
    .describe('A command; {image}, {initrd}, {cmdline} and {firmware} stand for files and the command line.'),
  host: reference.optional().describe("Where it is done; the place's host when left out."),
})

export type FileFlash = z.output<typeof flash>
export type FileOpenocd = z.output<typeof openocd>
