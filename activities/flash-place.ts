import { cellDetail } from '../store/details.ts'
import type { Flashed } from '../targets/board/flash/flash.ts'
import type { LeasedAttempt } from '../workflows/contracts.ts'
import { beginAttempt } from './begin-attempt.ts'
import { onHeldPlace } from './held-place.ts'
import { whileHolding } from './place-lease.ts'
import { prepareBoot } from './prepare-boot.ts'
import type { Deps } from './deps.ts'
import { Reporter } from './reporter.ts'

/**
 * Makes a place ready for an attempt: off, as it can be read back, with kernel, initrd and perhaps firmware where the board
 * starts them from.
 * @returns what was flashed, for the boot that follows
 */
export async function flashPlace(deps: Deps, task: LeasedAttempt): Promise<Flashed> {
  const context = await cellDetail(deps.store, task.run, task.cell)
  const reporter = new Reporter(deps.store, { run: task.run, cell: task.cell, attempt: task.attempt })
  const start = await beginAttempt(deps, task, context.cell.cell.target.name)
  return await whileHolding(deps, task.held, { step: 'power off' }, async (report, signal) => {
    const { files } = await prepareBoot(deps, context, start.folder, signal)
    return await onHeldPlace(deps, context.run, task, async (place) => {
      await place.off(signal)
      report({ step: 'flash' })
      const flashed = await place.flash(files, context.cell.cell.cmdline, signal)
      for (const text of flashed.remarks) reporter.tell('say', { text })
      await reporter.flush()
      return flashed
    })
  })
}
