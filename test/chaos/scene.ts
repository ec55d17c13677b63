import { unfinishedAttempts } from '../../store/attempts.ts'
import { eventsAfter } from '../../store/events.ts'
import type { Store } from '../../store/store.ts'

/** The attempts that are under way, each with the stage that was told last: `14.2.1 kernel`. */
export async function scene(store: Store): Promise<string[]> {
  const attempts = await unfinishedAttempts(store)
  return await Promise.all(
    attempts.map(async ({ run, cell, number }) => {
      const told = (await eventsAfter(store, run, 0)).findLast(
        (event) => event.kind === 'stage' && event.cell === cell && event.attempt === number,
      )
      return `${run}.${cell}.${number} ${(told?.data as { stage: string } | undefined)?.stage ?? 'power'}`
    }),
  )
}
