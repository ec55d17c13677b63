import { existsSync } from 'node:fs'
import { createColors } from 'picocolors'
import type { Folders } from '../host/folders.ts'
import { foldersFrom, makeStateFolder } from '../host/folders.ts'

/** What every command gets: where things are and how to speak. */
export interface Context {
  folders: Folders
  json: boolean
  /** Colours for what goes to standard output. */
  paint: ReturnType<typeof createColors>
  /** Colours for what goes to standard error. */
  paintTalk: ReturnType<typeof createColors>
  /** Data, to standard output. */
  print: (text: string) => void
  /** One JSON document, to standard output. */
  printJson: (value: unknown) => void
  /** Talk, to standard error. */
  talk: (text: string) => void
}

/** Node's own rules: FORCE_COLOR wins, then NO_COLOR, TERM=dumb and `--no-color`, then whether it is a terminal. */
export function wantsColour(
  stream: { isTTY?: boolean },
  flag: boolean | undefined,
  env: NodeJS.ProcessEnv = process.env,
): boolean {
  if (env['FORCE_COLOR'] !== undefined) return ['', 'true', '1', '2', '3'].includes(env['FORCE_COLOR'])
  if (env['NO_COLOR'] || env['TERM'] === 'dumb' || flag === false) return false
  return stream.isTTY === true
}

export function makeContext(options: { json?: boolean; color?: boolean }): Context {
  const folders = foldersFrom()
  // A folder that is not there yet is made by who needs it.
  const opened = existsSync(folders.state) ? makeStateFolder(folders.state) : undefined
  if (opened !== undefined) process.stderr.write(`hyplab: ${opened}\n`)
  const print = (text: string): void => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  return {
    folders,
    json: options.json === true,
    paint: createColors(!options.json && wantsColour(process.stdout, options.color)),
    paintTalk: createColors(wantsColour(process.stderr, options.color)),
    print,
    printJson: (value) => print(JSON.stringify(value, null, 2)),
    talk: (text) => void process.stderr.write(`${text}\n`),
  }
}
