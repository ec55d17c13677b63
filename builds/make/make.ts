import { openSync, closeSync, writeSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { execa } from 'execa'
import { LabError } from '../../domain/errors.ts'
import { startGuarded } from '../../host/guarded-process.ts'
import type { BuildContext, BuildFault } from '../build.ts'
import { readLastBuild, writeLastBuild } from './build-history.ts'
import { FirstError } from './first-error.ts'
import { isStep, progressOf } from './make-progress.ts'

/** One call of make (or of a script that calls it). */
export interface MakeRun {
  /** Where make is started. */
  folder: string
  /** Without `-j`: that comes from the context. */
  args: string[]
  /** The whole environment. */
  environment: Record<string, string>
  /**
   * A file that every process of this make keeps locked. The next make with the same file starts only when the last
   * process of a killed one has gone, so that two never write into one output folder.
   */
  lockFile: string
  /** The name of this step in progress reports, e.g. `compile`. */
  phase: string
  /** Where and under which name the work that this took is remembered; see readLastBuild. */
  history?: { folder: string; kind: string }
  /** Folders that are cut off file names in a fault. */
  roots: string[]
}

export type MakeOutcome = { ok: true; steps: number; seconds: number } | { ok: false; fault: BuildFault }

/**
 * Runs make, appends its whole output to the context's log and reports progress.
 * Aborting the context's signal kills every process of it, waits until the last one has gone and throws the signal's
 * reason. When this process dies in whatever way, make dies too.
 * @throws LabError DiskFull; ToolMissing; BuildFailed (retryable) when something killed make or the compiler.
 */
export async function runMake(run: MakeRun, context: BuildContext): Promise<MakeOutcome> {
  context.signal.throwIfAborted()
  const last = run.history && (await readLastBuild(run.history.folder, run.history.kind))
  const first = new FirstError(run.roots)
  const started = performance.now()
  const seconds = () => (performance.now() - started) / 1000
  let steps = 0
  const report = () => context.progress(progressOf(run.phase, steps, seconds(), last))
  report()
  const args = ['make', `-j${context.jobs}`, ...run.args]
  const code = await runLogged(args, run, context, {
    line(line) {
      if (isStep(line)) steps += 1
      first.line(line)
    },
    chunk: report,
  })
  context.signal.throwIfAborted()
  if (code === 0) {
    if (run.history) await writeLastBuild(run.history.folder, run.history.kind, { steps, seconds: seconds() })
    return { ok: true, steps, seconds: seconds() }
  }
  refuseHostTrouble(code, first, run)
  return { ok: false, fault: first.fault ?? { message: `make ended with code ${code} and did not say why` } }
}

function refuseHostTrouble(code: number, first: FirstError, run: MakeRun): void {
  if (first.trouble === 'disk-full') {
    throw new LabError(
      'DiskFull',
      `The disk of ${run.folder} became full during the build: free some space and run it again.`,
    )
  }
  if (code === 127) {
    throw new LabError(
      'ToolMissing',
      'The build needs make and flock, and one of them cannot be started: run `npm start`.',
    )
  }
  if (first.trouble === 'out-of-memory' || code > 128) {
    const who = first.trouble === 'out-of-memory' ? 'the compiler' : 'make'
    throw new LabError(
      'BuildFailed',
      `Something killed ${who} in ${run.folder}, most likely this host ran out of memory: run the build again with fewer jobs.`,
      { retryable: true },
    )
  }
}

interface OutputListener {
  line(line: string): void
  /** After each piece of output. */
  chunk(): void
}

/** Runs a command with both outputs in order in the log; returns its exit code once all its processes have gone. */
async function runLogged(
  command: string[],
  run: MakeRun,
  context: BuildContext,
  listener: OutputListener,
): Promise<number> {
  const log = openSync(context.logFile, 'a')
  try {
    appendTo(log, context.logFile, `$ ${command.join(' ')}\n`)
    // `2>&1` keeps errors where they happened among the steps: two pipes would lose the order.
    const guard = startGuarded('flock', [run.lockFile, '/bin/sh', '-c', 'exec "$@" 2>&1', 'sh', ...command], {
      cwd: run.folder,
      env: run.environment,
    })
    const kill = () => guard.kill('SIGKILL')
    context.signal.addEventListener('abort', kill, { once: true })
    if (context.signal.aborted) kill()
    let broken: unknown
    try {
      const splitter = new LineSplitter(listener)
      for await (const chunk of guard.child.stdout ?? []) {
        appendTo(log, context.logFile, chunk as Buffer)
        splitter.push(chunk as Buffer)
        listener.chunk()
      }
      splitter.end()
    } catch (error) {
      broken = error
      kill()
    }
    const { code } = await guard.ended
    context.signal.removeEventListener('abort', kill)
    // The guard reports its own end; the lock file tells when the last of the others is gone.
    if (code > 128 || broken !== undefined) await execa('flock', [run.lockFile, 'true'])
    if (broken !== undefined && !context.signal.aborted) throw broken
    return code
  } finally {
    closeSync(log)
  }
}

function appendTo(log: number, path: string, bytes: Buffer | string): void {
  try {
    writeSync(log, Buffer.from(bytes))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause
    throw new LabError('DiskFull', `The disk of ${path} is full: free some space and run the build again.`, { cause })
  }
}

class LineSplitter {
  readonly #decoder = new StringDecoder('utf8')
  readonly #listener: OutputListener
  #rest = ''

  constructor(listener: OutputListener) {
    this.#listener = listener
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#listener.line(line)
  }

  end(): void {
    if (this.#rest !== '') this.#listener.line(this.#rest)
  }
}
