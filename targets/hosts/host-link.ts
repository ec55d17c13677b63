import type { Duplex } from 'node:stream'

/** What a command on a host came to. */
export interface CommandEnd {
  /** 127 when there is no such command, 128 + the signal's number when one ended it. */
  code: number
  stdout: string
  stderr: string
}

/** A command of a host whose standard input and output are one stream. */
export interface HostCommand {
  stream: Duplex
  /**
   * Resolves when the command has ended and its stream was read to the end. Its standard error is told here where the
   * command has no terminal; else it is in the stream. Rejects with LabError PlaceBroken when the host was lost.
   */
  ended: Promise<{ code: number; stderr: string }>
  /** Ends the command and everything that it started, on its host too. */
  kill(): Promise<void>
}

/**
 * A machine of the lab as we work on it: this one, or one behind ssh. What is started by it ends with it, however that
 * ends. Every method throws LabError PlaceBroken, in the host's own words, when the host cannot be reached or is another
 * than its pinned key says, and the signal's reason when aborted.
 */
export interface HostLink {
  readonly name: string
  /** Runs a command to its end. @param words the command and its arguments; no shell reads them */
  run(words: string[], signal: AbortSignal): Promise<CommandEnd>
  /** Starts a command and gives its streams; with `terminal` it has a terminal of its own and dies when that hangs up. */
  start(words: string[], options: { terminal: boolean }, signal: AbortSignal): Promise<HostCommand>
  /** Connects to an address as this host sees it. */
  connect(address: string, port: number, signal: AbortSignal): Promise<Duplex>
  /** Copies a file there: written beside it, read back, compared by sha256, then renamed. @returns its sha256 */
  put(from: string, to: string, signal: AbortSignal): Promise<string>
  /** Ends everything that was started by this link. */
  close(): Promise<void>
}
