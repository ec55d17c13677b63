import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { buildFirstLook } from './built-state.ts'
import { kill9, processesOf } from './processes.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A folder that all test files on real boots share and that goes with the last of them. */
    sharedFolder: string
  }
}

/** Vitest's global set-up. What the boots need is built from now on, while other tests run. */
export default async function provideSharedFolder(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'hyplab-e2e-'))
  project.provide('sharedFolder', folder)
  const built = buildFirstLook(folder)
  return async () => {
    // Tests that were stopped half-way leave services that stay until somebody says `hyplab down`.
    for (const { pid } of processesOf(folder)) kill9(pid)
    await built
    await rm(folder, { recursive: true, force: true })
  }
}
