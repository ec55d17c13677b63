import type { Readable } from 'node:stream'
import { startGuarded } from '../../host/guarded-process.ts'

/** A daemon of a rack that listens. */
export interface Daemon {
  pid: number
  /** What it has said so far. */
  log(): string
  /** Kills it and waits until it has gone. */
  stop(): Promise<void>
}

/**
 * Starts a daemon in the foreground and waits until it says that it is ready; it cannot outlive this process.
 * @param ready what it says then, on either of its outputs
 * @throws Error with all that it said when it ends before
 */
export async function startDaemon(
  command: string,
  args: string[],
  ready: RegExp,
  env: Record<string, string> = {},
): Promise<Daemon> {
  const guarded = startGuarded(command, args, { env: { ...(process.env as Record<string, string>), ...env } })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    for (const stream of [guarded.child.stdout, guarded.child.stderr] as Readable[])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
        if (ready.test(said)) resolve()
      })
    void guarded.ended.then(({ code }) => reject(new Error(`${command} ended with code ${code}: ${said}`)))
  })
  return {
    pid: guarded.pgid,
    log: () => said,
    async stop() {
      guarded.kill('SIGKILL')
      await guarded.ended
    },
  }
}
