import type { Client, ScheduleDescription, ScheduleOptions, ScheduleUpdateOptions } from '@temporalio/client'
import { queues, scheduleIds } from '../../domain/naming.ts'
import type { Overlap, Schedule } from '../../domain/schedule/schedule.ts'
import { sha256 } from '../../host/sha256.ts'
import type { NightTask } from '../../workflows/night-contracts.ts'

/** Whose schedules they are: a server may serve several labs. */
export interface Owner {
  lab: string
  host: string
}

const policies: Record<Overlap, 'SKIP' | 'BUFFER_ONE' | 'CANCEL_OTHER'> = {
  skip: 'SKIP',
  'buffer-one': 'BUFFER_ONE',
  'cancel-other': 'CANCEL_OTHER',
}

type Definition = Pick<ScheduleOptions, 'spec' | 'policies'> & { action: ScheduleUpdateOptions['action'] }

/** What the server is told of a schedule. */
export function definitionOf(schedule: Schedule, { lab, host }: Owner): Definition {
  const { when, overlap, catchUp } = schedule
  const night: NightTask = {
    schedule: schedule.name,
    lab,
    host,
    plan: schedule.plan,
    only: schedule.only,
    ...(schedule.lab !== undefined && { inventory: schedule.lab }),
    atOnce: schedule.atOnce,
    confirm: schedule.confirm,
    zone: when.zone,
    ...(when.until !== undefined && { until: when.until }),
    ...(Object.keys(schedule.budget).length > 0 && { budget: schedule.budget }),
    ...(schedule.unchanged !== 'run' && { unchanged: schedule.unchanged }),
  }
  return {
    spec: {
      ...(when.at.kind === 'cron'
        ? { cronExpressions: [when.at.cron], timezone: when.zone }
        : { intervals: [{ every: when.at.seconds * 1000 }] }),
      jitter: when.jitter * 1000,
    },
    policies: { overlap: policies[overlap], catchupWindow: catchUp * 1000 },
    action: {
      type: 'startWorkflow',
      workflowType: 'night',
      workflowId: scheduleIds.night(lab, schedule.name),
      taskQueue: queues.main(lab),
      args: [night],
    },
  }
}

/** Of all that a schedule's file says, but for whom to tell: that is looked up when a night has ended. */
export function digestOf(schedule: Schedule, owner: Owner): string {
  const { tell: _, ...compared } = schedule
  return sha256(JSON.stringify([compared, owner]))
}

/** Of what the server has of a schedule, without what it did with it. */
export function serverDigest({ spec, policies: kept, action }: ScheduleDescription): string {
  return sha256(JSON.stringify([spec, kept, action]))
}

/** @returns what the server knows of a schedule; undefined when it has none of that name */
export async function describeSchedule(
  client: Client,
  lab: string,
  name: string,
): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(scheduleIds.schedule(lab, name)).describe()
  } catch (error) {
    if ((error as Error).name === 'ScheduleNotFoundError') return undefined
    throw error
  }
}
