import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { duration } from '../duration.ts'
import type { FlashOptions } from '../places/flash-place.ts'
import { labOption } from '../places/lab-file.ts'
import type { Action } from '../places/switch-place.ts'

// What drives places is loaded by the actions, because no other command pays for it then.

const actions: Action[] = ['on', 'off', 'cycle', 'status']

/** `places`: the places of a lab. */
export function definePlaces(command: Command, context: () => Context): void {
  command.option(...labOption).action(async (options: { lab?: string }) => {
    const { listPlaces } = await import('../places/reservations.ts')
    await listPlaces(context(), options.lab)
  })
}

/** `reserve PLACE`: a place for a person. */
export function defineReserve(command: Command, context: () => Context): void {
  command
    .requiredOption('--for <time>', 'how long, e.g. 30min (has to be said)', duration)
    .requiredOption('--why <text>', 'what for, as others are told (has to be said)')
    .option(...labOption)
    .action(async (name: string, options: { for: number; why: string; lab?: string }) => {
      const { reserve } = await import('../places/reservations.ts')
      await reserve(context(), name, options)
    })
}

/** `release PLACE`: a place given back. */
export function defineRelease(command: Command, context: () => Context): void {
  command.option(...labOption).action(async (name: string, options: { lab?: string }) => {
    const { release } = await import('../places/reservations.ts')
    await release(context(), name, options.lab)
  })
}

/** `place PLACE on|off|cycle|status`: the power of a place, by hand. */
export function definePlace(command: Command, context: () => Context): void {
  command.registeredArguments[1]?.choices(actions)
  command.option(...labOption).action(async (name: string, action: Action, options: { lab?: string }) => {
    const { switchPlace } = await import('../places/switch-place.ts')
    await switchPlace(context(), name, action, options.lab)
  })
}

/** `console PLACE [NAME]`: a place's console, typed at. */
export function defineConsole(command: Command, context: () => Context): void {
  command.option(...labOption).action(async (place: string, name: string | undefined, options: { lab?: string }) => {
    const { openConsole } = await import('../places/open-console.ts')
    await openConsole(context(), place, name, options.lab)
  })
}

/** `flash PLACE IMAGE`: a kernel put onto a place, by hand. */
export function defineFlash(command: Command, context: () => Context): void {
  command
    .option('--initrd <file>', 'its initrd; an empty one when left out')
    .option('--cmdline <text>', 'what the kernel is told beside what the class of the place says', '')
    .option(
      '--boot',
      'power it on, start the kernel, join the console; it is off afterwards unless you have reserved it',
    )
    .option(...labOption)
    .action(async (place: string, image: string, options: FlashOptions) => {
      const { flashByHand } = await import('../places/flash-place.ts')
      await flashByHand(context(), place, image, options)
    })
}
