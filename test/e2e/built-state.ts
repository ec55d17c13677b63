import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { startHyplab } from './command.ts'
import { firstLook } from './plans.ts'
import { makeState } from './make-state.ts'
import { awaited } from './processes.ts'

/** Seconds that a machine without a cache may take for two kernels and the firmware. */
const patience = 2_600

/**
 * Builds plans/first-look.yaml into a state folder below the shared one, of which every lab is a copy. Says how long it took.
 * Never rejects: `builtState` tells each who waits for it what went wrong.
 */
export async function buildFirstLook(shared: string): Promise<void> {
  const began = performance.now()
  try {
    await makeState(join(shared, 'built'), async (state) => {
      const { pid, ended } = startHyplab(state, ['build', firstLook])
      // The tests that run meanwhile have more to lose by waiting.
      setPriority(pid, 10)
      const { code, stderr } = await ended
      if (code !== 0) throw new Error(`plans/first-look.yaml cannot be built: ${stderr}`)
    })
    console.log(`plans/first-look.yaml is built, after ${Math.round((performance.now() - began) / 1000)} s`)
  } catch (error) {
    await writeFile(join(shared, 'failed'), String(error))
  }
}

/**
 * The state folder in which plans/first-look.yaml was built and nothing runs, once it is there.
 * @throws Error when it could not be built
 */
export async function builtState(shared: string): Promise<string> {
  const [built, failed] = [join(shared, 'built'), join(shared, 'failed')]
  await awaited('plans/first-look.yaml is built', patience, () => existsSync(built) || existsSync(failed) || undefined)
  if (existsSync(failed)) throw new Error(readFileSync(failed, 'utf8'))
  return built
}
