import { InvalidArgumentError } from 'commander'
import { durationPattern, parseDuration } from '../domain/yaml/quantity.ts'

/** Reads an option's time, e.g. `30min`. @returns seconds. @throws InvalidArgumentError without a unit */
export function duration(text: string): number {
  if (!durationPattern.test(text)) throw new InvalidArgumentError('It must be a time with a unit, e.g. 30min or 2 h.')
  return parseDuration(text)
}
