import { spawn } from 'node:child_process'
import { once } from 'node:events'
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
    env: { ...environmentOf(folder), ...env },
  })
  return { code: exitCode, stdout, stderr }
}

/** Somebody who types, down a pipe, and looks at what comes. */
export interface Typist {
  /** @param text a character a byte */
  type(text: string): void
  /** Resolves when something has come on standard output. */
  sees(text: string): Promise<void>
  /** Resolves when something has come on standard error. */
  says(text: string): Promise<void>
  ended: Promise<Ended>
}

/** Starts hyplab for somebody who types. */
export function typeAtHyplab(folder: string, args: string[], env: Record<string, string> = {}): Typist {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { ...process.env, ...environmentOf(folder), ...env },
  })
  const said = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString('latin1')))
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()))
  const closed = once(child, 'close')
  const comes = async (text: string, stream: 'out' | 'err'): Promise<void> => {
    while (!said[stream].includes(text)) {
      if (child.exitCode !== null) throw new Error(`${JSON.stringify(text)} never came: ${JSON.stringify(said)}`)
      await Promise.race([once(stream === 'out' ? child.stdout : child.stderr, 'data'), closed])
    }
  }
  return {
    type: (text) => void child.stdin.write(Buffer.from(text, 'latin1')),
    sees: async (text) => await comes(text, 'out'),
    says: async (text) => await comes(text, 'err'),
    ended: closed.then(() => ({ code: child.exitCode ?? undefined, stdout: said.out, stderr: said.err })),
  }
}

function environmentOf(folder: string): Record<string, string | undefined> {
  return { HYPLAB_STATE: join(folder, 'state'), HYPLAB_LAB: undefined, NO_COLOR: '1', FORCE_COLOR: undefined }
}
