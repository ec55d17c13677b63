import type { Duplex, Readable } from 'node:stream'

/** A model that was started. */
export interface ModelProcess {
  /** Its standard output, and its standard error where the host does not tell them apart. */
  outputs: Readable[]
  /** Exit code, 128 + signal number when a signal ended it. @throws LabError when the way to its host broke */
  ended: Promise<{ code: number }>
  /** The process group on this host that it belongs to; undefined where it runs on another. */
  pgid?: number
  /** Ends it and what it started, at once; no error when it has gone. */
  kill(): Promise<void>
}

export type ModelSignal = 'STOP' | 'CONT' | 'INT'

/** The host that a model runs on: this one, or another. Its methods throw LabError PlaceBroken with the host's own words. */
export interface ModelHost {
  /** `this host`, or how people call the other one. */
  readonly name: string
  /** Where a program is that is called by a path or a name; undefined when there is none. */
  find(program: string): Promise<string | undefined>
  /** What a short command says, whatever its code is. @param seconds how long it may take */
  ask(words: string[], seconds: number, signal: AbortSignal): Promise<{ code: number; said: string }>
  /** Starts a command that ends with us, however that is. */
  start(words: string[], signal: AbortSignal): Promise<ModelProcess>
  /** Sends signals to one process that `start` started, in that order; no error when it has gone. */
  signal(pid: number, ...signals: ModelSignal[]): Promise<void>
  /** Whether a process stands still because it was stopped; false when it has gone. */
  isStopped(pid: number): Promise<boolean>
  /** Connects to a port that the model listens on. */
  connect(port: number, signal: AbortSignal): Promise<Duplex>
  /** Has a file of this host be there. @returns its path there */
  put(file: string, signal: AbortSignal): Promise<string>
  /** Leaves nothing behind that it put there. Can be called twice. */
  close(): Promise<void>
}

/** Whether a line of /proc/PID/stat is of a stopped process: the field behind the name in brackets is T, or t; proc(5). */
export function tellsStopped(stat: string): boolean {
  return /\) [Tt] /.test(stat.slice(stat.lastIndexOf(')')))
}

/**
 * Where a model's ports are looked for, in this order: which address they listen on is not written anywhere. Not by the name
 * `localhost`, as others do, whose first address is often ::1: somebody else may have the same port there.
 */
export const loopbacks = ['127.0.0.1', '::1']

/** The first that succeeds, tried one after the other. @throws what the first one threw when none does */
export async function firstOf<Value>(tries: string[], attempt: (one: string) => Promise<Value>): Promise<Value> {
  const failed: unknown[] = []
  for (const one of tries) {
    try {
      return await attempt(one)
    } catch (error) {
      failed.push(error)
    }
  }
  throw failed[0]
}
