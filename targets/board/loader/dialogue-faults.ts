import { LabError } from '../../../domain/errors.ts'
import { ConsoleFault } from '../console/console-fault.ts'
import type { Interruption } from './interruption.ts'
import { LoaderFault } from './loader-fault.ts'

/** What took the shell away, as a sentence. @param during what was being done */
export function interrupted({ kind, line }: Interruption, during: string): LoaderFault {
  const sentences = {
    reset: `The board was reset under us ${during}, by its firmware or by its power: it said "${line}" again.`,
    kernel: `A kernel spoke ${during} that nobody had started: "${line}".`,
    crash: `The boot loader crashed ${during}: ${line}.`,
  }
  return new LoaderFault(sentences[kind])
}

/** A wire that brings no line whole. */
export function lostCharacters(command: string, tries: number, why: string): ConsoleFault {
  const sentence = `The way to the boot loader's shell lost characters of \`${command}\` ${tries} times (${why}): check the console's wire and speed.`
  return new ConsoleFault('other', sentence)
}

/** A shell that knows no code of a command. */
export function noHush(): LabError {
  const sentence = `This board's U-Boot has no hush shell, so that it cannot say what a command came to: build it with CONFIG_HUSH_PARSER.`
  return new LabError('PlaceBroken', sentence)
}
