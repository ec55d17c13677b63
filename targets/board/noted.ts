import type { LabPlace } from '../../domain/lab/inventory.ts'
import { ConsoleFault } from './console/console-fault.ts'
import type { Flash, Flashed } from './flash/flash.ts'
import type { Loaded } from './loader/load-file.ts'
import type { WrittenMedium } from './loader/write-medium.ts'
import type { PowerSwitch, Switched } from './power/power.ts'
import type { NoteLab } from '../lab-log.ts'
import { inSeconds } from '../stop-sentence.ts'

/** What an outlet is called in an attempt's lab log. */
export function nameOfOutlet({ name, power }: LabPlace): string {
  return power ? `outlet ${power.outlet} of ${power.pdu}` : `the power of ${name}`
}

/** A switch whose commands are noted, with what was read back. What is asked meanwhile is for who asks to note. */
export function notedPower(power: PowerSwitch, by: string, note: NoteLab): PowerSwitch {
  const noted =
    (told: 'on' | 'off', command: (signal: AbortSignal) => Promise<Switched>) =>
    async (signal: AbortSignal): Promise<Switched> => {
      try {
        const switched = await command(signal)
        note({ about: 'power', by, told, says: switched.read, words: switched.remarks.join(' ') })
        return switched
      } catch (error) {
        if (!signal.aborted) note({ about: 'power', by, told, says: 'broken', words: wordsOf(error) })
        throw error
      }
    }
  return {
    on: noted('on', power.on),
    off: noted('off', power.off),
    cycle: noted('on', power.cycle),
    state: power.state,
  }
}

/** Notes what the consoles of a board tell of a power-off that its outlet cannot tell of. @param silent for as long as its class says */
export function noteSilence(note: NoteLab, { limits }: LabPlace, silent: boolean): void {
  const words = silent ? `Nothing was said for ${inSeconds(limits.offSilence)}.` : 'They went on speaking.'
  note({ about: 'power', by: 'the board', told: 'off', says: silent ? 'off' : 'on', words })
}

/** Notes that a console could not be attached, or that the way to it broke. */
export function noteBroken(note: NoteLab, console: string, error: unknown): void {
  note({ about: 'console', by: sourceOf(error) ?? console, console, is: 'broken', words: wordsOf(error) })
}

/** Notes what was flashed, and what of it was read back. */
export function noteFlashed(note: NoteLab, by: string, { readsBack }: Flash, { files, remarks, offer }: Flashed): void {
  const is = readsBack ? 'written' : offer ? 'offered' : 'unread'
  for (const { name, sha256, written } of files) {
    const how = written ? `sha256 ${sha256}` : `sha256 ${sha256}, as it was there already`
    note({ about: 'flash', by, file: fileNames[name] ?? name, is, words: [how, ...remarks].join('. ') })
  }
}

/** The names of files on a medium, as the loader's dialogue calls them. */
const fileNames: Record<string, string> = { Image: 'kernel', image: 'kernel', 'initrd.img': 'initrd' }

/** Notes what a boot loader read back from the board's memory. */
export function noteLoaded(note: NoteLab, { name, size, crc32, sha256 }: Loaded): void {
  const words = `${size} bytes, crc32 ${crc32}${sha256 === undefined ? '' : `, sha256 ${sha256}`}`
  note({ about: 'flash', by: 'the boot loader', file: name, is: 'loaded', words })
}

/** Notes that a boot loader made the board's own medium what it should be, and read all of it back. */
export function noteMedium(note: NoteLab, { written, of }: WrittenMedium): void {
  const words = `${written} of ${of} pieces had to be written`
  note({ about: 'flash', by: 'the boot loader', file: 'medium', is: 'written', words })
}

/** Notes why a dialogue with a boot loader was the lab's to break: the wire that loses characters, or what it fetches from. */
export function noteLoaderFault(note: NoteLab, console: string, error: unknown): void {
  if (error instanceof ConsoleFault) return noteBroken(note, console, error)
  note({ about: 'flash', by: 'the boot loader', is: 'broken', words: wordsOf(error) })
}

/** The words of an error that is a sentence already. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function sourceOf(error: unknown): string | undefined {
  const server = error instanceof ConsoleFault ? error.server : undefined
  return server && `the console server at ${server.address} port ${server.port}`
}
