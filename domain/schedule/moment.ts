import { showWall, wallClock } from './wall-clock.ts'

/** A moment as people of the zone and machines read it: `2026-12-01 02:30 Europe/Berlin (01:30 UTC)`. */
export function moment(at: number, zone: string): string {
  const utc = showWall(at)
  const there = showWall(wallClock(at, zone))
  if (zone === 'UTC') return `${utc} UTC`
  const short = utc.slice(0, 10) === there.slice(0, 10) ? utc.slice(11) : utc
  return `${there} ${zone} (${short} UTC)`
}
