import type { Command } from 'commander'
import { resolve } from '../../store/resolve.ts'
import { askService } from '../../control/ask-service.ts'
import type { Context } from '../context.ts'
import { onInterrupt } from '../interrupt.ts'
import { watchRun } from '../watch-run.ts'
import { withStore } from '../with-store.ts'

/** `watch [RUN]`: follows a run that goes on, shows the report of one that has ended; exits with the run's code. */
export function defineWatch(command: Command, context: () => Context): void {
  command.action(async (text = 'latest') => {
    await withStore(context().folders, async (store) => {
      const { run } = await resolve(store, text)
      const service = await askService(context().folders.state, 'hold')
      try {
        const stop = new AbortController()
        const release = onInterrupt(() => stop.abort())
        process.exitCode = await watchRun(context(), store, service, run, stop.signal)
        release()
      } finally {
        await service?.close()
      }
    })
  })
}
