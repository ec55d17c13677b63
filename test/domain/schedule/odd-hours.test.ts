import { describe, expect, it } from 'vitest'
import { movedDay, oddHours } from '../../../domain/schedule/odd-hours.ts'
import { clockChanges } from '../../../domain/schedule/wall-clock.ts'

const at = (text: string) => Date.parse(`${text}Z`)

/** What is said of the one day of a year's half on which a zone moves its clock. `begins`: what a server answered. */
function told(cron: string, zone: string, from: string, to: string, ...begins: string[]): string[] {
  const [change] = clockChanges(at(from), at(to), zone)
  return oddHours(cron, zone, movedDay(change!, zone), begins.map(at))
}
const autumn = ['2026-09-01T00:00', '2026-12-01T00:00'] as const
const spring = ['2027-02-01T00:00', '2027-05-01T00:00'] as const

// The times are those of Temporal's server 1.32.
describe('the hours of a cron line on the day on which the clock is moved', () => {
  it('are told where one does not exist', () => {
    expect(told('30 2 * * *', 'Europe/Berlin', ...spring)).toEqual([
      '2027-03-28 02:30 in Europe/Berlin does not exist: that night is left out.',
    ])
  })

  it('are told where one comes twice and the night once', () => {
    expect(told('30 2 * * *', 'Europe/Berlin', ...autumn, '2026-10-25T01:30')).toEqual([
      '2026-10-25 02:30 in Europe/Berlin comes twice; the night begins once, the second time (2026-10-25 01:30 UTC).',
    ])
  })

  it('are told where both come twice', () => {
    expect(told('30 1 * * *', 'America/New_York', ...autumn, '2026-11-01T05:30', '2026-11-01T06:30')).toEqual([
      '2026-11-01 01:30 in America/New_York comes twice, and so does the night.',
    ])
  })

  it('are told where a night begins that nobody named', () => {
    const begins = ['2027-03-28T00:00', '2027-03-28T01:30']
    expect(told('0,30 2 * * *', 'Europe/Berlin', ...spring, ...begins)).toContain(
      'A night begins at 2027-03-28 03:30 in Europe/Berlin, which is not named.',
    )
  })

  it('are not told where they lie elsewhere', () => {
    expect(told('30 4 * * *', 'Europe/Berlin', ...spring, '2027-03-28T02:30')).toEqual([])
    expect(told('30 4 * * *', 'Europe/Berlin', ...autumn, '2026-10-25T03:30')).toEqual([])
    expect(told('30 2 * * 1', 'Europe/Berlin', ...spring)).toEqual([])
  })
})
