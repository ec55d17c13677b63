import { crc32 } from 'node:zlib'
import { LabError } from '../../../domain/errors.ts'
import type { LoaderDialogue } from './dialogue.ts'
import { findChecksum, mostAsked } from './load-file.ts'
import { goodLength, roomFor } from './typed-line.ts'

/**
 * How often a hush reads a text before it is a variable's value. U-Boot's own hush reads a command that has a variable in
 * it a second time, with the values in it (common/cli_hush.c make_string()); the newer one (cli_hush_modern.c) does not.
 */
const readings = [2, 1] as const

const untypable = /[^\x20-\x7e]/

/**
 * The commands that set `bootargs`: pieces first, each in a line that every U-Boot's buffer can hold, then all of them in
 * one. Each can be typed again with the same effect.
 * @param cmdline printable ASCII
 * @param room how long a command may be
 * @param read how often the shell reads what a variable brings, see `readings`
 * @throws LabError BadInput for characters that cannot be typed, or when it is too long
 */
export function bootargsCommands(cmdline: string, room: number, read: (typeof readings)[number]): string[] {
  const character = untypable.exec(cmdline)?.[0]
  if (character !== undefined) {
    const sentence = `The command line cannot be typed at a boot loader because of its character ${JSON.stringify(character)}.`
    throw new LabError('BadInput', sentence)
  }
  const name = (n: number): string => `hl${n}`
  for (const length of [Math.min(room, goodLength), room]) {
    const values = pieces(cmdline, length - `setenv ${name(99)} ''`.length, read)
    const last = `setenv bootargs "${values.map((_, n) => `\${${name(n)}}`).join('')}"`
    if (last.length <= room) return [...values.map((value, n) => `setenv ${name(n)} '${value}'`), last]
  }
  throw new LabError('BadInput', `The command line has ${cmdline.length} characters, too many to be typed.`)
}

/**
 * Sets the kernel's command line and has the board prove it: a short one by its text, any other by a checksum over its
 * environment's text, since what `printenv` says of one variable ends where U-Boot's print buffer does (512 bytes of Debian's
 * 2023.01).
 * @param scratch an address where nothing lies that is needed, as U-Boot's shell takes it
 * @throws LabError PlaceBroken when U-Boot does not keep it as it is; what `ask` throws
 */
export async function setBootargs(dialogue: LoaderDialogue, cmdline: string, scratch: string): Promise<void> {
  if (cmdline === '') {
    await dialogue.ask('setenv bootargs')
    return
  }
  // No variable, so that every hush reads it once, and short enough that its text can be believed.
  const short = `setenv bootargs '${quoted(cmdline)}'`
  if (short.length <= goodLength && !untypable.test(cmdline)) {
    const both = await dialogue.askAtOnce(`${short} && ${show}`)
    if (both?.output === shown(cmdline)) return
    if (both === undefined) await dialogue.ask(short)
    if (await isShown(dialogue, cmdline)) return
  }
  for (const read of readings) {
    for (const command of bootargsCommands(cmdline, roomFor('K000000'), read)) {
      const { code, output } = await dialogue.ask(command)
      if (code !== 0) throw refused(`\`${command}\` failed with code ${code}: ${output.trim()}`)
    }
    if (await isKept(dialogue, cmdline, scratch)) return
  }
  const { output } = await dialogue.ask(show)
  if (output === shown(cmdline)) return
  throw refused(`U-Boot has ${JSON.stringify(output)}, where ${JSON.stringify(shown(cmdline))} was set`)
}

const show = 'printenv bootargs'

function shown(cmdline: string): string {
  return `bootargs=${cmdline}\n`
}

async function isShown(dialogue: LoaderDialogue, cmdline: string): Promise<boolean> {
  return (await dialogue.ask(show)).output === shown(cmdline)
}

async function isKept(dialogue: LoaderDialogue, cmdline: string, scratch: string): Promise<boolean> {
  const { code } = await dialogue.ask(`env export -t ${scratch} bootargs`)
  // Built without it (CONFIG_CMD_EXPORTENV), a U-Boot can show that of a short command line only.
  if (code !== 0) return await isShown(dialogue, cmdline)
  const exported = exportedBootargs(cmdline)
  const wanted = crc32(exported).toString(16).padStart(8, '0')
  // Its digits may be damaged on their way.
  for (let asked = 0; asked < mostAsked; asked++) {
    const sum = findChecksum((await dialogue.ask(`crc32 ${scratch} \${filesize}`)).output)
    if (sum?.size === exported.length && sum.digest === wanted) return true
  }
  return false
}

/** What `env export -t` writes (lib/hashtable.c hexport_r()): a backslash before each backslash, and a 0 at the end. */
export function exportedBootargs(cmdline: string): string {
  return `bootargs=${cmdline.replaceAll('\\', '\\\\')}\n\0`
}

function refused(why: string): LabError {
  return new LabError('PlaceBroken', `The kernel's command line could not be set at the boot loader: ${why}.`, {
    retryable: true,
  })
}

function pieces(text: string, room: number, read: number): string[] {
  const list: string[] = ['']
  for (const character of text) {
    let typed = character
    for (let times = 0; times < read; times++) typed = quoted(typed)
    if (list.at(-1)!.length + typed.length > room) list.push('')
    list[list.length - 1] += typed
  }
  return list
}

/** As it stands between apostrophes: hush takes a backslash away there, too, and nothing else is special. */
function quoted(text: string): string {
  return text.replaceAll(/['\\]/g, (character) => (character === '\\' ? '\\\\' : String.raw`'\''`))
}
