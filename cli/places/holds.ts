import { heldAfter } from '../../domain/lease/hold.ts'
import type { Lease } from '../../domain/lease/lease.ts'
import { workflowIds } from '../../domain/naming.ts'
import { findAttempt } from '../../store/attempts.ts'
import { watchChanges } from '../../store/changes.ts'
import { placeStates } from '../../store/leases.ts'
import { findRun } from '../../store/runs.ts'
import type { Store } from '../../store/store.ts'
import type { ServiceFacts } from '../../control/service-file.ts'
import type { Context } from '../context.ts'
import { when } from '../commands/list.ts'
import { withClient } from '../temporal-client.ts'

/** The boards that are kept after attempts of a run. */
export async function holdsOf(store: Store, run: number): Promise<Lease[]> {
  const states = await placeStates(store)
  return states.flatMap(({ lease }) => (lease && heldAfter(lease.why)?.startsWith(`${run}.`) ? [lease] : []))
}

/** Says which boards are kept, until when, whether their attempts left them on, and how that ends. */
export async function tellHolds({ talk }: Context, store: Store, holds: readonly Lease[]): Promise<void> {
  for (const { place, why, until } of holds) {
    const name = place.split('/').at(-1)!
    const [state, ...first] = (await wasLeftOn(store, why))
      ? ['It hung and was left on']
      : ['It was switched off at the end', `\`hyplab place ${name} on\``]
    const commands = [...first, `\`hyplab console ${name}\``, `\`hyplab release ${name}\``]
    talk(`${name} is yours until ${when(until)}, ${why}. ${state}: ${commands.join(', ')}.`)
  }
}

/** A board is left on when it fell silent, see `targets/boot.ts`; every other end of an attempt switches it off. */
async function wasLeftOn(store: Store, why: string): Promise<boolean> {
  const [run = 0, cell = 0, number = 0] = heldAfter(why)?.split('.').map(Number) ?? []
  return (await findAttempt(store, { run, cell, number }))?.end?.host.stop === 'silence'
}

/** Waits until no board is kept any more after an attempt of the run. @param signal ends the waiting only */
export async function awaitHolds(store: Store, run: number, signal: AbortSignal): Promise<void> {
  const changes = watchChanges(store)
  try {
    while (!signal.aborted && (await holdsOf(store, run)).length > 0) await changes.next(signal)
  } finally {
    changes.close()
  }
}

/** Has the boards switched off and given back that are kept after attempts of a run; returns when they are. */
export async function endHolds(facts: ServiceFacts, store: Store, run: number): Promise<void> {
  const holds = await holdsOf(store, run)
  if (holds.length === 0) return
  const { workflowId } = await findRun(store, run)
  await withClient(facts, async (client) => {
    const ends = holds.map(async ({ why }) => {
      const [, cell, attempt] = heldAfter(why)!.split('.').map(Number)
      const handle = client.workflow.getHandle(workflowIds.hold(workflowIds.cell(workflowId, cell!), attempt!))
      await handle.cancel()
      // It ends as cancelled.
      await handle.result().catch(() => undefined)
    })
    await Promise.all(ends)
  })
}
