import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { onInterrupt } from '../interrupt.ts'
import { readPlanFile } from '../../reading/read-plan.ts'
import { holdService } from '../service.ts'
import { startRun } from '../start-run.ts'
import { watchRun } from '../watch-run.ts'
import { withStore } from '../with-store.ts'
import { cancelRun } from './cancel.ts'
import { collect, select } from './run.ts'

/** `build PLAN`: makes every build that the plan's cells need, and boots nothing. */
export function defineBuild(command: Command, context: () => Context): void {
  command
    .option('--only <axis=value>', 'only what cells with that value need', collect, [])
    .action(async (path: string, { only }: { only: string[] }) => {
      const plan = select(await readPlanFile(path), only)
      const service = await holdService(context().folders.state, context().talk)
      try {
        await withStore(context().folders, async (store) => {
          const run = await startRun(store, service, plan, { until: 'builds', atOnce: 1 })
          const release = onInterrupt(() => cancelRun(service.facts, store, run))
          process.exitCode = await watchRun(context(), store, service, run)
          release()
        })
      } finally {
        await service.close()
      }
    })
}
