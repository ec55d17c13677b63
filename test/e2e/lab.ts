import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, inject } from 'vitest'
import { builtState } from './built-state.ts'
import { Lab } from './own-lab.ts'

export type { Lab } from './own-lab.ts'

/**
 * A lab for one test file, to be called outside of tests and hooks. It is made before the first test, with the builds of
 * plans/first-look.yaml already there, and closed behind the last one.
 */
export function useLab(name: string): Lab {
  const lab = new Lab(join(inject('sharedFolder'), name))
  beforeAll(async () => {
    await cp(await builtState(inject('sharedFolder')), lab.state, { recursive: true, preserveTimestamps: true })
    await lab.open()
  })
  afterAll(() => lab.close())
  return lab
}
