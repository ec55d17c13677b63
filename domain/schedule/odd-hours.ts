import { Cron } from 'croner'
import { momentsOf, showWall, wallClock, type ClockChange } from './wall-clock.ts'

const day = 24 * 60 * 60_000

/** The day whose clock is moved, as the zone's wall clock has it. */
export interface MovedDay {
  change: ClockChange
  /** Its first moment, and that of the next day. */
  from: number
  to: number
}

/** @returns the day of a clock change, from midnight to midnight of the wall clock */
export function movedDay(change: ClockChange, zone: string): MovedDay {
  const midnight = Math.floor(wallClock(change.at - 1, zone) / day) * day
  const first = (wall: number) => momentsOf(wall, zone)[0] ?? change.at
  return { change, from: first(midnight), to: first(midnight + day) }
}

/**
 * What becomes of a cron line's hours on a day on which the clock is moved. Whoever keeps the schedule decides that, so its
 * own times are what is looked at: Temporal's server 1.32 takes some hours that come twice once and others twice.
 * @param cron five fields
 * @param begins the moments of that day at which the schedule begins, as its keeper says
 * @returns a sentence for each hour that does not come once, as it is named; none on an ordinary day
 */
export function oddHours(cron: string, zone: string, { from, to }: MovedDay, begins: readonly number[]): string[] {
  const named = wallTimes(cron, wallClock(from, zone), wallClock(to, zone))
  const shown = begins.map((at) => ({ at, wall: wallClock(at, zone) }))
  const odd = named.flatMap((wall) => {
    const moments = momentsOf(wall, zone)
    const times = shown.filter((one) => one.wall === wall).map(({ at }) => at)
    const hour = `${showWall(wall)} in ${zone}`
    if (moments.length === 0 && times.length === 0) return [`${hour} does not exist: that night is left out.`]
    if (times.length === 0) return [`${hour} is left out.`]
    if (times.length > 1) return [`${hour} comes twice, and so does the night.`]
    if (moments.length === 1) return []
    const which = times[0] === moments[0] ? 'first' : 'second'
    return [`${hour} comes twice; the night begins once, the ${which} time (${showWall(times[0]!)} UTC).`]
  })
  const unnamed = shown.filter(({ wall }) => !named.includes(wall))
  return [...odd, ...unnamed.map(({ wall }) => `A night begins at ${showWall(wall)} in ${zone}, which is not named.`)]
}

/** The wall-clock times that a cron line names, as if no clock were ever moved. */
function wallTimes(cron: string, from: number, to: number): number[] {
  const line = new Cron(cron, { timezone: 'UTC', mode: '5-part', paused: true })
  const times: number[] = []
  for (let next = line.nextRun(new Date(from - 1000)); next !== null && next.getTime() < to; next = line.nextRun(next))
    times.push(next.getTime())
  return times
}
