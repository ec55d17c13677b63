import type { Command } from 'commander'
import { LabError } from '../../domain/errors.ts'
import { resolve } from '../../store/resolve.ts'
import { ask } from '../../worker/control.ts'
import { controlSocket } from '../../worker/service-file.ts'
import { runDetail } from '../../store/details.ts'
import type { Context } from '../context.ts'
import { onInterrupt } from '../interrupt.ts'
import { watchRun } from '../watch-run.ts'
import { withStore } from '../with-store.ts'

/** `watch [RUN]`: follows a run that goes on, shows the report of one that has ended; exits with the run's code. */
export function addWatchCommand(program: Command, context: () => Context): void {
  program
    .command('watch [run]')
    .description('follow a run; Ctrl-C stops the watching only')
    .action(async (text = 'latest') => {
      await withStore(context().folders, async (store) => {
        const { run } = await resolve(store, text)
        const { state } = (await runDetail(store, run)).run
        if (state === 'running') await requireService(context())
        const stop = new AbortController()
        const release = onInterrupt(() => stop.abort())
        process.exitCode = await watchRun(context(), store, run, stop.signal)
        release()
      })
    })
}

/** A run that nobody works on would be watched for ever. */
async function requireService(context: Context): Promise<void> {
  const answer = await ask(controlSocket(context.folders.state), 'hold')
  if (!answer) throw new LabError('ServerUnreachable', 'Nothing works on that run: `hyplab up` lets it go on.')
}
