import { CancellationScope, proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/registry.ts'
import type { BuildResult, BuildTask } from './contracts.ts'
import { awaitingBuild } from './options.ts'

const { awaitBuild } = proxyActivities<Pick<Activities, 'awaitBuild'>>(awaitingBuild)

/** Builds that were begun before they are wanted, each in a scope of its own, in which it is given up. */
export class BuildsAhead {
  readonly #begun = new Map<string, { scope: CancellationScope; result: Promise<BuildResult> }>()

  /** Begins builds, or joins those that somebody else has begun. */
  begin(tasks: readonly BuildTask[]): void {
    for (const task of tasks) void this.result(task).catch(() => undefined)
  }

  /** A build's end, whether or not it was begun before. @throws what the step throws */
  result(task: BuildTask): Promise<BuildResult> {
    const begun = this.#begun.get(task.id)
    if (begun) return begun.result
    const scope = new CancellationScope()
    const result = scope.run(() => awaitBuild(task))
    this.#begun.set(task.id, { scope, result })
    // Somebody awaits it later, perhaps after it broke: until then the rejection must not count as unhandled, and who wants
    // the build then has it begun again.
    result.catch(() => {
      if (this.#begun.get(task.id)?.result === result) this.#begun.delete(task.id)
    })
    return result
  }

  /** Gives up what is wanted no longer: somebody else may need the cores. */
  dropAllBut(wanted: readonly BuildTask[]): void {
    for (const [id, { scope, result }] of this.#begun) {
      if (wanted.some((task) => task.id === id)) continue
      scope.cancel()
      result.catch(() => {})
      this.#begun.delete(id)
    }
  }

  /** Gives all of them up; resolves when they have ended. */
  async drop(): Promise<void> {
    const begun = [...this.#begun.values()]
    this.#begun.clear()
    for (const { scope } of begun) scope.cancel()
    await Promise.allSettled(begun.map(({ result }) => result))
  }
}
