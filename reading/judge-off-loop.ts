import { stat } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { LabError, type ErrorCode } from '../domain/errors.ts'
import { judgeShown, type Judged, type JudgeTask } from './judge-shown.ts'

/** What the thread says when it is done. */
export type ThreadAnswer = { judged: Judged } | { error: { code: ErrorCode; message: string; retryable: boolean } }

/** Bytes that are read where they are asked for: it takes less time than a thread takes to start. Most attempts show a tenth. */
const short = 1024 * 1024
/**
 * Heap of the thread. The young generation is kept small, because what a line leaves behind fills as much as it is given;
 * what is kept of an attempt needs a fraction of the old one.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 512 }

/** The end of the thread that was asked for last: there is one at a time, so that memory is bounded whoever asks. */
let turn: Promise<unknown> = Promise.resolve()

/**
 * Judges an attempt without holding up whoever asks: one that showed much is read by a thread of its own.
 * @param signal aborting ends the thread
 * @throws as `judgeShown` does; the signal's reason
 */
export async function judgeOffLoop(task: JudgeTask, signal?: AbortSignal): Promise<Judged> {
  signal?.throwIfAborted()
  if ((await bytesOf(task)) <= short) return await judgeShown(task, signal)
  const before = turn
  const judged = before.then(
    () => onThread(task, signal),
    () => onThread(task, signal),
  )
  turn = judged
  return await judged
}

async function bytesOf({ files }: JudgeTask): Promise<number> {
  const paths = [...files.consoles.map(({ path }) => path), files.records, files.smc, files.lab]
  const sizes = paths.map(async (path) => (path === undefined ? 0 : (await stat(path)).size))
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}

async function onThread(task: JudgeTask, signal: AbortSignal | undefined): Promise<Judged> {
  signal?.throwIfAborted()
  const { promise, resolve, reject } = Promise.withResolvers<ThreadAnswer>()
  const thread = new Worker(new URL('judge-thread.ts', import.meta.url), { workerData: task, resourceLimits })
  const abort = (): void => reject(signal?.reason as Error)
  signal?.addEventListener('abort', abort)
  thread.once('message', resolve)
  thread.once('error', reject)
  thread.once('exit', () => reject(new Error('The thread that judges ended without a word.')))
  try {
    const answer = await promise
    if ('judged' in answer) return answer.judged
    const { code, message, retryable } = answer.error
    throw new LabError(code, message, { retryable })
  } finally {
    signal?.removeEventListener('abort', abort)
    await thread.terminate()
  }
}
