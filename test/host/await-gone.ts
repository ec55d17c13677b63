import { setTimeout as delay } from 'node:timers/promises'
import { seeProcess, type ProcessIdentity } from '../../host/process-identity.ts'

/** Waits until a process that is not our child has gone; Node has no pidfd, so it looks again every 5 ms. */
export async function awaitGone({ pid, start }: ProcessIdentity, seconds: number): Promise<void> {
  for (const deadline = performance.now() + seconds * 1000; seeProcess(pid)?.start === start;) {
    if (performance.now() > deadline) throw new Error(`process ${pid} still runs after ${seconds} s`)
    await delay(5)
  }
}

/** The identity of a process that must be running now. */
export function identityOf(pid: number): ProcessIdentity {
  const seen = seeProcess(pid)
  if (!seen) throw new Error(`process ${pid} does not run`)
  return { pid, start: seen.start }
}
