import { closeSync, openSync, writeSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { execa } from 'execa'
import { LabError } from '../../domain/errors.ts'
import { startGuarded } from '../../host/guarded-process.ts'
import type { BuildContext } from '../build.ts'

/** One command of a build. */
export interface LoggedCommand {
  /** The program and its arguments; the program is looked up on the environment's PATH. */
  command: string[]
  /** Where it is started. */
  folder: string
  /** The whole environment. */
  environment: Record<string, string>
  /**
   * A file that every process of the command keeps locked. The next command with the same file starts only when the last
   * process of a killed one has gone, so that two never write into one output folder. Beside it lies, while the command
   * runs, the folder of its temporary files: a compiler that is killed leaves its own.
   */
  lockFile: string
}

/** Hears a command's output while it comes. */
export interface OutputListener {
  /** @param line without its newline. */
  line(line: string): void
  /** After each piece of output, which may hold many lines. */
  chunk(): void
}

/**
 * Runs a command with its whole output, both streams in their order, appended to the context's log.
 * Aborting the context's signal kills every process of it. When this process dies in whatever way, they die too.
 * @returns the exit code, 128 + signal number for a death by signal, 127 for a program that is not there.
 * @throws the signal's reason, once the last process has gone; LabError DiskFull when the log cannot grow.
 */
export async function runLogged(
  { command, folder, environment, lockFile }: LoggedCommand,
  context: Pick<BuildContext, 'signal' | 'logFile'>,
  listener?: OutputListener,
): Promise<number> {
  context.signal.throwIfAborted()
  const log = openSync(context.logFile, 'a')
  try {
    append(log, context.logFile, `$ ${command.join(' ')}\n`)
    const temporary = `${lockFile}.tmp`
    const guard = startGuarded('flock', [lockFile, '/bin/sh', '-c', inOwnTemporary, 'sh', ...command], {
      cwd: folder,
      env: { ...environment, TMPDIR: temporary },
    })
    const kill = () => guard.kill('SIGKILL')
    context.signal.addEventListener('abort', kill, { once: true })
    let broken: { error: unknown } | undefined
    try {
      const lines = new LineSplitter(listener)
      for await (const chunk of guard.child.stdout ?? []) {
        append(log, context.logFile, chunk as Buffer)
        lines.push(chunk as Buffer)
        listener?.chunk()
      }
      lines.end()
    } catch (error) {
      broken = { error }
      kill()
    }
    const { code } = await guard.ended
    context.signal.removeEventListener('abort', kill)
    // The guard reports its own end; the lock file tells when the last of the others is gone.
    if (code > 128 || broken) await execa('flock', [lockFile, 'rm', '-rf', temporary])
    context.signal.throwIfAborted()
    if (broken) throw broken.error
    return code
  } finally {
    closeSync(log)
  }
}

/**
 * Under the lock: what a killed command left is taken away first, and what this one leaves last. `2>&1` keeps errors where
 * they happened among the steps: two pipes would lose the order.
 */
const inOwnTemporary = 'rm -rf "$TMPDIR"; mkdir "$TMPDIR" && "$@" 2>&1; code=$?; rm -rf "$TMPDIR"; exit $code'

function append(log: number, path: string, bytes: Buffer | string): void {
  try {
    writeSync(log, Buffer.from(bytes))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause
    throw new LabError('DiskFull', `The disk of ${path} is full: free some space and run the build again.`, { cause })
  }
}

class LineSplitter {
  readonly #decoder = new StringDecoder('utf8')
  readonly #listener: OutputListener | undefined
  #rest = ''

  constructor(listener: OutputListener | undefined) {
    this.#listener = listener
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#listener?.line(line)
  }

  end(): void {
    if (this.#rest !== '') this.#listener?.line(this.#rest)
  }
}
