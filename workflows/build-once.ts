import {
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import { queues } from '../domain/naming.ts'
import type { BuildResult, BuildTask } from './contracts.ts'
import { awaitingRoom, building } from './options.ts'

/** A run needs this build; sent with the start, so that the first run starts it and later ones join. */
export const needed = defineSignal<[{ by: number }]>('needed')
/** A run was cancelled and needs the build no longer. */
export const dropped = defineSignal<[{ by: number }]>('dropped')
/** The runs that need the build now. */
export const neededBy = defineQuery<number[]>('neededBy')

/** One distinct build. Its workflow id is the hash of the inputs, so that equal builds are joined, even across runs. */
export async function buildOnce(task: BuildTask): Promise<BuildResult> {
  const { build } = proxyActivities<Pick<Activities, 'build'>>({ ...building, taskQueue: queues.build(task.lab) })
  const { awaitRoom } = proxyActivities<Pick<Activities, 'awaitRoom'>>(awaitingRoom)
  const make = async (): Promise<BuildResult> => {
    for (;;) {
      const made = await build(task)
      if (made.room === undefined) return made
      await awaitRoom({ build: task.id, need: made.room })
    }
  }
  const holders = new Set<number>()
  let joined = false
  setHandler(needed, ({ by }) => {
    joined = true
    holders.add(by)
  })
  setHandler(dropped, ({ by }) => void holders.delete(by))
  setHandler(neededBy, () => [...holders])
  const work = new CancellationScope()
  const result = work.run(make)
  // When the last of those who asked has gone, nobody wants the result.
  const abandoned = condition(() => joined && holders.size === 0).then(() => work.cancel())
  try {
    return await Promise.race([result, abandoned.then(() => result)])
  } catch (error) {
    if (isCancellation(error)) return { id: task.id, ok: false, infra: true, message: 'cancelled', dropped: true }
    throw error
  }
}
