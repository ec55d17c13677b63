import { z } from 'zod'
import { durationPattern } from '../../yaml/quantity.ts'
import { map } from '../../yaml/shapes.ts'

// What the parts of a lab's file are made of. Messages have the form `what is wrong; what would be right`.

/** It begins with a letter, so that maps keep the order of the file, and it may be a folder. */
export const name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9._-]*$/, 'is not a name; a letter, then letters, digits and . _ -')

/** The name of something that stands elsewhere in the file; whether it does, the checks say. */
export const reference = z.string()

export const path = z.string().min(1, 'is empty; a path, relative to this file')
export const absolutePath = z.string().regex(/^\/./, 'is not an absolute path; it would start with /')
export const word = z.string().regex(/^\S+$/, 'is not one word; no blanks here')
export const cmdline = z.string().regex(/^[^\r\n]*$/, 'holds a line feed; a kernel command line is one line')

/** A text that may look like a number: it is taken as it is written. */
export const text = z.union([z.string().min(1, 'is empty; one character at least'), z.number(), z.boolean()])
export type FileText = z.output<typeof text>

/** A command. */
export const words = z
  .array(text, 'is no list of words; [program, argument, ...], for no shell reads them')
  .min(1, 'is an empty list; a program at least')

const notADuration = 'is not a duration; a number with a unit, e.g. 500 ms, 10 s or 2 min'
export const duration = z.string(notADuration).regex(durationPattern, notADuration)

const notAPort = 'is no port; a number from 1 to 65535'
export const port = z.int(notAPort).min(1, notAPort).max(65535, notAPort)

const notAnAddress = 'is no address; a host name or an IP address, without a port'
export const address = z
  .string(notAnAddress)
  .regex(/^([^\s/:@]+|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*)$/, notAnAddress)

/** 1 to 65535. */
const portPattern = String.raw`([1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])`
const hostPattern = String.raw`(\[[0-9A-Fa-f:.]+\]|[^\s:/@?#[\]]+)`

const notAnEndpoint = 'is no address with a port up to 65535; e.g. localhost:2001 or [fe80::1]:2001'
/** An address and a port of it. */
export const endpoint = z.string(notAnEndpoint).regex(new RegExp(`^${hostPattern}:${portPattern}$`), notAnEndpoint)

// A user and a password in it would be a secret in the file.
const notAUrl = 'is no address of a web server; e.g. http://10.0.0.7, with neither user nor password in it'
export const url = z
  .string(notAUrl)
  .regex(new RegExp(String.raw`^https?:\/\/${hostPattern}(:${portPattern})?(\/[^\s@?#]*)?$`), notAUrl)

const bareSecret =
  'is a secret in plain text; say where it is: { env: NAME }, { file: PATH } of mode 0600 or { command: [...] }'

const secretShape = {
  env: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of a variable; letters, digits and _, without $')
    .optional()
    .describe('The environment variable that holds it.'),
  file: path.optional().describe('The file that holds it, with mode 0600; relative to this file, ~/ is your home.'),
  command: words.optional().describe('A command of this machine that prints it, e.g. [pass, lab/pdu].'),
}
/** Where a secret is. */
export const secret = map(secretShape, bareSecret)
export type FileSecret = z.output<typeof secret>

/** A community of SNMP: a secret, or one of the two words that everybody knows. */
export const community = map(
  { ...secretShape, text: z.string().optional().describe('The community itself: public or private, no other.') },
  bareSecret,
)

/** Keys whose values, or whose parts, may be a secret that was written into the file: they are never shown. */
const hiddenKeys = new Set(['community', 'password', 'key', 'url'])

/** Whether what stands at a path of the file must not be shown to anyone. */
export function isHidden(path: readonly (string | number)[]): boolean {
  return path.slice(-2).some((step) => hiddenKeys.has(String(step)))
}
