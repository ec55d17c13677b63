import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A real second process that uses the store; it talks to the test by lines. */
export interface Child {
  process: ChildProcess
  lines: AsyncIterableIterator<string>
  /** How it ended; with what it said on standard error, for the message of a failed test. */
  ended: Promise<{ code: number | null; signal: string | null; stderr: string }>
}

/** Starts a script of this folder with the Node that runs the tests. */
export function startChild(script: string, args: string[]): Child {
  return startCommand(process.execPath, [scriptPath(script), ...args])
}

export function startCommand(command: string, args: string[]): Child {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
    stderr,
  }))
  return { process: child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](), ended }
}

export function scriptPath(script: string): string {
  return fileURLToPath(new URL(script, import.meta.url))
}
