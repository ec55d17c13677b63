import { Argument, type Command } from 'commander'
import type { Context } from '../context.ts'
import { duration } from '../duration.ts'
import type { FlashOptions } from '../places/flash-place.ts'
import { labOption } from '../places/lab-file.ts'
import type { Action } from '../places/switch-place.ts'

// What drives places is loaded by the actions, because no other command pays for it then.

const actions: Action[] = ['on', 'off', 'cycle', 'status']

/** `places`, `reserve`, `release`, `place`, `console`, `flash`: the places of a lab in hand. */
export function addPlacesCommands(program: Command, context: () => Context): void {
  program
    .command('places')
    .description('list the places of a lab: who has them, since when, and what for')
    .option(...labOption)
    .action(async (options: { lab?: string }) => {
      const { listPlaces } = await import('../places/reservations.ts')
      await listPlaces(context(), options.lab)
    })
  program
    .command('reserve <place>')
    .description('keep a place of a lab for yourself')
    .requiredOption('--for <time>', 'how long, e.g. 30min (has to be said)', duration)
    .requiredOption('--why <text>', 'what for, as others are told (has to be said)')
    .option(...labOption)
    .action(async (name: string, options: { for: number; why: string; lab?: string }) => {
      const { reserve } = await import('../places/reservations.ts')
      await reserve(context(), name, options)
    })
  program
    .command('release <place>')
    .description('give a place back that you have reserved; a board that a run kept for you is switched off')
    .option(...labOption)
    .action(async (name: string, options: { lab?: string }) => {
      const { release } = await import('../places/reservations.ts')
      await release(context(), name, options.lab)
    })
  program
    .command('place')
    .description("switch a place's power by hand, or ask for it; nobody else may have the place")
    .argument('<place>')
    .addArgument(new Argument('<action>', 'what to do').choices(actions))
    .option(...labOption)
    .action(async (name: string, action: Action, options: { lab?: string }) => {
      const { switchPlace } = await import('../places/switch-place.ts')
      await switchPlace(context(), name, action, options.lab)
    })
  program
    .command('console <place> [name]')
    .description('type at a console of a place; while an attempt runs there, read along')
    .option(...labOption)
    .action(async (place: string, name: string | undefined, options: { lab?: string }) => {
      const { openConsole } = await import('../places/open-console.ts')
      await openConsole(context(), place, name, options.lab)
    })
  program
    .command('flash <place> <image>')
    .description('put a kernel onto a place by hand, and with --boot start it and join its console')
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
