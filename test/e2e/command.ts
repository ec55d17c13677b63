import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { awaited } from './processes.ts'

const bin = fileURLToPath(new URL('../../bin/hyplab', import.meta.url))

/** Colours as off a terminal, and nothing of vitest's own settings. */
const cleanEnvironment = { NO_COLOR: '1', FORCE_COLOR: undefined, NODE_ENV: undefined, VITEST: undefined }

/** How a command of hyplab ended. */
export interface Ended {
  code: number | undefined
  stdout: string
  stderr: string
}

/** A command of hyplab that runs. */
export interface Command {
  pid: number
  /** The run that it makes, once it says so. */
  run(): Promise<number>
  ended: Promise<Ended>
  /** Signals its whole process group, as a terminal does on Ctrl-C. */
  signal(signal: NodeJS.Signals): void
}

/** Starts `bin/hyplab` on a state folder, in a process group of its own as a shell would. */
export function startHyplab(stateFolder: string, args: string[], environment: Record<string, string> = {}): Command {
  const child = execa(bin, args, {
    reject: false,
    detached: true,
    stdin: 'ignore',
    env: { ...cleanEnvironment, HYPLAB_STATE: stateFolder, ...environment },
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const pid = child.pid
  if (pid === undefined) throw new Error(`${bin} cannot be started`)
  return {
    pid,
    run: () =>
      awaited('the command says its run', 200, () => {
        const run = /^run (\d+) of /m.exec(said)?.[1]
        return run === undefined ? undefined : Number(run)
      }),
    ended: child.then(({ exitCode, stdout, stderr }) => ({ code: exitCode, stdout, stderr })),
    signal: (signal) => void process.kill(-pid, signal),
  }
}

/** What a command writes to standard output, byte for byte. */
export async function outputOf(stateFolder: string, args: string[]): Promise<Buffer> {
  const env = { ...cleanEnvironment, HYPLAB_STATE: stateFolder }
  const { stdout } = await execa(bin, args, { encoding: 'buffer', stripFinalNewline: false, env })
  return Buffer.from(stdout)
}
