import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { LabError } from '../domain/errors.ts'
import { worlds, type World } from '../domain/world.ts'
import type { Line } from './powered.ts'

/** A line as an attempt's folder remembers it. */
export type KeptLine = Pick<Line, 'name' | 'worlds'>

/** The name of a channel that carries records and nothing else. */
export const recordChannel = 'records'

/** Whether a line is a console: worlds speak there. */
export function isConsole({ worlds }: KeptLine): boolean {
  return worlds.length > 0
}

/** Whether the normal world is heard on a line, perhaps among others: init's records are its words, too. */
export function speaksNormalWorld(line: KeptLine): boolean {
  return !isConsole(line) || line.worlds.includes('NS')
}

/** Where an attempt's consoles are. @param attempt the attempt's folder */
export function consoleFolder(attempt: string): string {
  return join(attempt, 'consoles')
}

const schema = z.array(z.object({ name: z.string(), worlds: z.array(z.enum(worlds)) }))

/**
 * An attempt is written once.
 * @throws LabError BadInput when the folder holds another attempt's consoles
 */
export function requireUnused(attempt: string): void {
  const folder = consoleFolder(attempt)
  if (!existsSync(folder)) return
  const sentence = `No attempt can be kept in ${folder}: it holds the consoles of another attempt. Give each attempt a folder of its own.`
  throw new LabError('BadInput', sentence)
}

/**
 * Makes the folder of an attempt's consoles, and writes down which lines there are, so that whoever closes the attempt knows.
 * @returns the folder
 * @throws LabError BadInput when it cannot be written
 */
export function makeConsoleFolder(attempt: string, lines: readonly KeptLine[]): string {
  const folder = consoleFolder(attempt)
  try {
    mkdirSync(folder)
    const kept = lines.map(({ name, worlds: speakers }) => ({ name, worlds: speakers }))
    writeFileSync(join(folder, 'lines.json'), JSON.stringify(kept))
    return folder
  } catch (cause) {
    throw new LabError('BadInput', `No attempt can be kept in ${folder}: it cannot be written.`, { cause })
  }
}

/** The lines of an attempt; none where it did not come so far as to have some. */
export function keptLines(attempt: string): KeptLine[] {
  try {
    return schema.parse(JSON.parse(readFileSync(join(consoleFolder(attempt), 'lines.json'), 'utf8')))
  } catch {
    return []
  }
}

/** Which of the worlds of a line speaks, once BL33 runs or before: EL3 has the UART until it hands over. */
export function speakerOn({ worlds: speakers }: KeptLine, handedOver: boolean): World | undefined {
  return speakers.includes('NS') && speakers.includes('EL3') ? (handedOver ? 'NS' : 'EL3') : speakers[0]
}
