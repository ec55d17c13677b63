import type { Command } from 'commander'
import { collectGarbage } from '../../activities/keeping/collect-garbage.ts'
import { lookAtRoom } from '../../activities/keeping/look-at-room.ts'
import type { Context } from '../context.ts'
import { exitCodes } from '../exit-codes.ts'
import { onInterrupt } from '../interrupt.ts'
import { garbageLines } from '../show/garbage.ts'
import { withStore } from '../with-store.ts'

/** `gc`: removes what the rules no longer keep, and says what went and why. */
export function defineGc(command: Command, context: () => Context): void {
  command
    .option('-n, --dry-run', 'only say what would go, why, and how much')
    .action(async ({ dryRun = false }: { dryRun?: boolean }) => {
      const { folders, json, print, printJson, talk } = context()
      const stop = new AbortController()
      const release = onInterrupt(() => stop.abort())
      try {
        await withStore(folders, async (store) => {
          const keeping = { folders, store }
          const garbage = await collectGarbage(keeping, {
            now: Date.now(),
            signal: stop.signal,
            dryRun,
            onWait: () => talk('Another collection is under way: waiting for it.'),
          })
          // One that waits for its turn gets it.
          if (garbage === undefined) return
          const room = await lookAtRoom(keeping)
          if (json) return printJson({ schemaVersion: 1, ...garbage, room })
          print(garbageLines(garbage, room).join('\n'))
        })
      } catch (error) {
        if (!stop.signal.aborted) throw error
        talk('Stopped; the next `hyplab gc` finishes.')
        process.exitCode = exitCodes.interrupted
      } finally {
        release()
      }
    })
}
