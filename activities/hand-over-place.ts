import { LabError } from '../domain/errors.ts'
import { holdReason } from '../domain/lease/hold.ts'
import { cellDetail } from '../store/details.ts'
import { handOverLease } from '../store/leases.ts'
import type { LeasedAttempt } from '../workflows/contracts.ts'
import type { Deps } from './deps.ts'
import { Reporter } from './reporter.ts'

/** Makes an attempt's place the runner's own, for as long as the run says; done again, it changes nothing. */
export async function handOverPlace({ store }: Pick<Deps, 'store'>, task: LeasedAttempt): Promise<void> {
  const { run, cell } = await cellDetail(store, task.run, task.cell)
  const hold = run.options?.hold
  if (!hold) throw new LabError('BadInput', `Run ${task.run} was started without --hold-on-fail.`)
  const why = holdReason(`${task.run}.${task.cell}.${task.attempt}`, cell.cell.id)
  const now = Date.now()
  const lease = { holder: hold.holder, why, since: now, until: now + hold.seconds * 1000 }
  if (!(await handOverLease(store, task.held, lease))) return
  const reporter = new Reporter(store, { run: task.run, cell: task.cell, attempt: task.attempt })
  reporter.tell('say', { text: `${task.held.place} is ${hold.holder} until ${new Date(lease.until).toISOString()}.` })
  await reporter.flush()
}
