import { proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import type { TestTold } from './night-contracts.ts'
import { testingTelling } from './options.ts'

const { sendTest } = proxyActivities<Pick<Activities, 'sendTest'>>(testingTelling)

/** Sends a test message to each place that a schedule's file tells, once. @returns what each of them said */
export async function testTelling(task: { file: string }): Promise<TestTold[]> {
  return await sendTest(task)
}
