/** The thread of judge-off-loop.ts: judges the attempt that it is started with, says what came out, and ends. */
import { parentPort, workerData } from 'node:worker_threads'
import { LabError } from '../domain/errors.ts'
import { judgeShown, type JudgeTask } from './judge-shown.ts'
import type { ThreadAnswer } from './judge-off-loop.ts'

parentPort!.postMessage(await answer(workerData as JudgeTask))

async function answer(task: JudgeTask): Promise<ThreadAnswer> {
  try {
    return { judged: await judgeShown(task) }
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    const { code, message, retryable } = error
    return { error: { code, message, retryable } }
  }
}
