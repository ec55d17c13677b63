import { exitCodes } from '../../cli/exit-codes.ts'
import type { Disturbance, Style } from './disturbance.ts'

/**
 * The exit codes that a command may have which started a run.
 * @param hits what was done while it ran
 * @param run the run's own exit code; undefined when it never came to be
 * @returns undefined when any will do: it was killed
 */
export function codesOf(style: Style, hits: readonly Disturbance[], run: number | undefined): number[] | undefined {
  const killed = hits.filter(({ kind }) => kind === 'kill').map(({ victim }) => victim)
  if (killed.includes('cli')) return undefined
  const own = style === 'detached' ? [exitCodes.ok] : run === undefined ? [] : [run]
  // It says that nothing works on the run; one that is to be left alone also that it needs a service that stays.
  if (killed.includes('service'))
    return [...own, exitCodes.unreachable, ...(style === 'detached' ? [exitCodes.usage] : [])]
  // What begins a night speaks with the server itself, and may not hear that it has begun.
  const server = style === 'night' && hits.some(({ victim }) => victim === 'server' || victim === 'worker and server')
  return run === undefined ? [exitCodes.unreachable] : [...own, ...(server ? [exitCodes.unreachable] : [])]
}
