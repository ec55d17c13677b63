import { moment } from '../../domain/schedule/wall-clock.ts'
import type { When } from '../../domain/schedule/schedule.ts'
import type { WrongSchedule } from '../../reading/wrong-schedules.ts'
import { listNights, type Night } from '../../store/nights.ts'
import { runDetail } from '../../store/details.ts'
import type { Store } from '../../store/store.ts'
import type { ScheduleStanding } from './state-of.ts'

export { moment }

/** A row of the list for each schedule. */
export async function rowsOf(
  store: Store,
  all: readonly ScheduleStanding[],
  wrong: readonly WrongSchedule[],
): Promise<string[][]> {
  return await Promise.all(
    all.map(async ({ name, state, read, server }) => {
      const zone = read?.schedule.when.zone ?? 'UTC'
      const paused = server?.state.paused ? `paused: ${server.state.note ?? 'no reason was given'}` : undefined
      const [next] = server?.info.nextActionTimes ?? []
      const [night] = await listNights(store, name, 1)
      return [
        name,
        paused ?? (wrong.some((one) => one.name === name) ? 'has mistakes' : state),
        read ? whenInWords(read.schedule.when) : '-',
        next && !paused ? moment(next.getTime(), zone) : '-',
        night ? await nightInWords(store, night) : 'none yet',
      ]
    }),
  )
}

/** The same for programs. */
export async function standingsJson(
  store: Store,
  all: readonly ScheduleStanding[],
  wrong: readonly WrongSchedule[],
): Promise<object[]> {
  return await Promise.all(
    all.map(async ({ name, state, read, applied, server }) => ({
      name,
      state,
      file: applied?.file ?? read?.file,
      paused: server?.state.paused ?? false,
      note: server?.state.note ?? null,
      wrong: wrongJson(wrong.find((one) => one.name === name)),
      next: server?.info.nextActionTimes.map((at) => at.toISOString()) ?? [],
      missed: server?.info.numActionsMissedCatchupWindow ?? 0,
      lastNight: (await listNights(store, name, 1))[0] ?? null,
    })),
  )
}

function wrongJson(wrong: WrongSchedule | undefined): object | null {
  return wrong ? { stops: wrong.stops, sentence: wrong.sentence } : null
}

function whenInWords({ at, zone, until }: When): string {
  const begins = at.kind === 'cron' ? `${at.cron} ${zone}` : `every ${at.seconds / 60} min`
  return until === undefined ? begins : `${begins}, until ${clockOf(until)}`
}

function clockOf(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** What became of a night, in a few words. */
export async function nightInWords(store: Store, { run, fault }: Night): Promise<string> {
  if (run === null) return `did not begin: ${fault}`
  const { state, summary } = (await runDetail(store, run)).run
  return state === 'running' ? `run ${run} is under way` : `run ${run}: ${summary ?? state}`
}
