import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))

/** How a command ended. */
export interface Ended {
  code: number | undefined
  stdout: string
  stderr: string
}

/** What a command is run with beside its words. */
export interface RunOptions {
  cwd?: string
  /** What is typed, down a pipe; nothing where absent. */
  input?: string
  env?: Record<string, string>
  signal?: AbortSignal
}

/** Runs hyplab on a state folder below `folder`, off a terminal, to its end. */
export async function runHyplab(folder: string, args: string[], options: RunOptions = {}): Promise<Ended> {
  const { cwd = folder, input, env, signal } = options
  const { exitCode, stdout, stderr } = await execa(process.execPath, [main, ...args], {
    cwd,
    reject: false,
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    ...(signal && { cancelSignal: signal }),
    env: {
      HYPLAB_STATE: join(folder, 'state'),
      HYPLAB_LAB: undefined,
      NO_COLOR: '1',
      FORCE_COLOR: undefined,
      ...env,
    },
  })
  return { code: exitCode, stdout, stderr }
}
