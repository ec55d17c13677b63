import { LabError } from '../domain/errors.ts'
import { startGuarded } from './guarded-process.ts'
import { inheritedEnvironment } from './inherited-environment.ts'

export interface RunOptions {
  cwd?: string
  /** Laid over what commands inherit (inheritedEnvironment); LC_ALL is always C, because we read what tools say. */
  env?: Record<string, string>
  /** Aborting kills the command's whole process group and makes `run` throw the signal's reason. */
  signal?: AbortSignal
  /** Called with each whole line of standard output and standard error as it comes. */
  onLine?: (line: string) => void
}

export interface Ran {
  /** The exit code; 127 when there is no such command. */
  code: number
  stdout: string
  stderr: string
}

/**
 * Runs a short command to its end and collects what it says. The command is bound to the life of this process.
 * A code other than 0 is for the caller to judge.
 * @throws the signal's reason when aborted; LabError DiskFull when the command failed for lack of space.
 */
export async function run(command: string, args: string[], options: RunOptions = {}): Promise<Ran> {
  options.signal?.throwIfAborted()
  const guarded = startGuarded(command, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...inheritedEnvironment(), ...options.env, LC_ALL: 'C' },
  })
  const abort = () => guarded.kill('SIGKILL')
  options.signal?.addEventListener('abort', abort, { once: true })
  try {
    const [stdout, stderr, { code }] = await Promise.all([
      collect(guarded.child.stdout, options.onLine),
      collect(guarded.child.stderr, options.onLine),
      guarded.ended,
    ])
    options.signal?.throwIfAborted()
    if (code !== 0 && /No space left on device/.test(stderr)) {
      throw new LabError('DiskFull', `No space left on the disk while running ${command}; free some and start again.`)
    }
    return { code, stdout, stderr }
  } finally {
    options.signal?.removeEventListener('abort', abort)
  }
}

/**
 * As `run`, for a command that must succeed.
 * @returns its standard output
 * @throws LabError ToolMissing when there is no such command, else BadInput with what
 * the command said.
 */
export async function runOrThrow(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, options)
  if (code === 0) return stdout
  if (code === 127)
    throw new LabError('ToolMissing', `There is no command ${command} on this machine; npm start installs it.`)
  const said = stderr.trim().split('\n').slice(-5).join(' | ') || stdout.trim().split('\n').slice(-3).join(' | ')
  throw new LabError('BadInput', `${command} ${args.slice(0, 3).join(' ')} ended with code ${code}: ${said}`)
}

async function collect(stream: NodeJS.ReadableStream | null, onLine?: (line: string) => void): Promise<string> {
  if (stream === null) return ''
  let text = ''
  let rest = ''
  stream.setEncoding('utf8')
  for await (const chunk of stream as AsyncIterable<string>) {
    text += chunk
    if (onLine === undefined) continue
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  }
  if (rest !== '') onLine?.(rest)
  return text
}
