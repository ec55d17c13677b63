import { LabError } from '../../domain/errors.ts'

/** The option by which a command is told of a lab. */
export const labOption = ['--lab <file>', "the lab's file; HYPLAB_LAB when left out"] as const

/**
 * The lab's file that a command is to use.
 * @param option what the command line names
 * @param how it may be named there
 * @throws LabError BadInput when neither the option nor HYPLAB_LAB names one
 */
export function labFileOf(option: string | undefined, why: string, how = 'with --lab'): string {
  const file = option ?? process.env['HYPLAB_LAB']
  if (file !== undefined && file !== '') return file
  throw new LabError('BadInput', `${why}: name the lab's file ${how}, or in HYPLAB_LAB.`)
}
