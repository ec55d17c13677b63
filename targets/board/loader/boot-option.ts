import { LabError } from '../../../domain/errors.ts'

/** The variables that UEFI itself has (UEFI 2.10, 3.3). */
const globalVariable = '8BE4DF61-93CA-11D2-AA0D-00E098032B8C'
/** Far behind those that firmware makes by itself. */
const ours = 0x00f0
const name = 'hyplab'
/** EDK2's shell keeps as many characters as its screen has, of which the smallest has 80 by 25. */
const longestLine = 1900

/** Variables that have firmware boot from an address once, as they are typed and as they are read back. */
export interface TypedVariable {
  name: string
  command: string
  /** Upper-case hex. */
  value: string
}

/**
 * The variables that have firmware boot an address at its next start, and only then: an option whose path is the address
 * alone, for which firmware finds a network by itself (UEFI 2.10, 3.1.2, short-form URI), with the command line behind it.
 * @throws LabError BadInput for a command line that cannot be typed, or is too long for the shell
 */
export function bootOnce(uri: string, cmdline: string): TypedVariable[] {
  const untypable = /[^\x20-\x7e]/.exec(cmdline)?.[0]
  if (untypable !== undefined) {
    const sentence = `The command line cannot be typed at a UEFI shell because of its character ${JSON.stringify(untypable)}.`
    throw new LabError('BadInput', sentence)
  }
  const path = Buffer.concat([node(3, 24, Buffer.from(uri, 'latin1')), node(0x7f, 0xff, Buffer.alloc(0))])
  const head = Buffer.alloc(6)
  head.writeUInt32LE(1, 0)
  head.writeUInt16LE(path.length, 4)
  const fixed = Buffer.concat([head, ucs2(`${name}\0`), path])
  const data = [hex(fixed), ...typedText(cmdline), '0000']
  const option = {
    ...variable(`Boot${ours.toString(16).padStart(4, '0').toUpperCase()}`, data),
    value: hex(Buffer.concat([fixed, ucs2(`${cmdline}\0`)])),
  }
  if (option.command.length > longestLine) {
    const sentence = `The command line has ${cmdline.length} characters, too many for a line of a UEFI shell.`
    throw new LabError('BadInput', sentence)
  }
  const next = hex(Buffer.from([ours & 0xff, ours >> 8]))
  return [option, { ...variable('BootNext', [next]), value: next }]
}

/** The shell's command that shows a variable of ours. */
export function showVariable(variableName: string): string {
  return `setvar ${variableName} -guid ${globalVariable}`
}

/** What `setvar` shows of a variable: upper-case hex; undefined when it shows none. */
export function shownValue(output: string): string | undefined {
  return /- [0-9A-F]+ Bytes\s+((?:[0-9A-F]{2}\s*)+)$/.exec(output.trim())?.[1]?.replaceAll(/\s+/g, '')
}

function variable(variableName: string, data: string[]): Omit<TypedVariable, 'value'> {
  const words = data.map((part) => `=${part}`).join(' ')
  return { name: variableName, command: `${showVariable(variableName)} -bs -rt -nv ${words}` }
}

/** A text as `setvar` takes it: between quotation marks, but for what a shell reads there, which is in hexadecimal. */
function typedText(text: string): string[] {
  return (
    text.match(/[^"%^#<>|]+|["%^#<>|]+/g)?.map((part) => (/["%^#<>|]/.test(part) ? hex(ucs2(part)) : `L"${part}"`)) ??
    []
  )
}

/** A node of a device path (UEFI 2.10, 10.3.1). */
function node(type: number, subtype: number, data: Buffer): Buffer {
  const head = Buffer.from([type, subtype, 0, 0])
  head.writeUInt16LE(4 + data.length, 2)
  return Buffer.concat([head, data])
}

const ucs2 = (text: string): Buffer => Buffer.from(text, 'utf16le')
const hex = (bytes: Buffer): string => bytes.toString('hex').toUpperCase()
