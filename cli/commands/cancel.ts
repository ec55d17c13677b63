import type { Command } from 'commander'
import { LabError } from '../../domain/errors.ts'
import { runDetail } from '../../store/details.ts'
import { resolve } from '../../store/resolve.ts'
import { eventsAfter } from '../../store/events.ts'
import { endRun, findRun } from '../../store/runs.ts'
import type { Store } from '../../store/store.ts'
import type { ServiceFacts } from '../../control/service-file.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { endHolds, holdsOf } from '../places/holds.ts'
import { holdService } from '../service.ts'
import { runToJson } from '../show/json.ts'
import { withClient } from '../temporal-client.ts'
import { watchRun } from '../watch-run.ts'
import { withStore } from '../with-store.ts'

/** `cancel RUN`: ends a run; returns when everything that it held is put away. */
export function defineCancel(command: Command, context: () => Context): void {
  command.action(async (text: string) => {
    await withStore(context().folders, async (store) => {
      const { run } = await resolve(store, text)
      const { state } = await findRun(store, run)
      const holds = await holdsOf(store, run)
      if (state !== 'running' && holds.length === 0)
        throw new LabError('BadInput', `Run ${run} has ended already (${state}).`)
      const service = await holdService(context().folders.state, context().talk)
      try {
        if (state === 'running') {
          await cancelRun(service.facts, store, run)
          await watchRun(context(), store, service, run)
        }
        await endHolds(service.facts, store, run)
        if (state === 'running') return
        context().talk('The boards that were kept are switched off and given back.')
        if (context().json) context().printJson(runToJson(await runDetail(store, run)))
      } finally {
        await service.close()
      }
    })
  })
}

/**
 * Asks the run's workflow to cancel itself; it closes its rows before it ends. A run whose workflow is gone (the server
 * lost its database, or somebody terminated it) is closed by the worker, which watches for that; one that was never started,
 * here.
 */
export async function cancelRun(facts: ServiceFacts, store: Store, run: number): Promise<void> {
  const { workflowId } = await findRun(store, run)
  await withClient(facts, async (client) => {
    try {
      await client.workflow.getHandle(workflowId).cancel()
    } catch (error) {
      if ((error as Error).name !== 'WorkflowNotFoundError') throw error
      // One that was written and never started holds nothing: nobody else needs to come.
      if ((await eventsAfter(store, run, 0, 1)).length > 0) return
      const summary = 'Cancelled before it was started.'
      await endRun(store, run, { state: 'cancelled', ended: Date.now(), exitCode: exitCodes.interrupted, summary })
    }
  })
}
