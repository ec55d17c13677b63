import { setTimeout as delay } from 'node:timers/promises'
import type { GuardedProcess } from '../../host/guarded-process.ts'
import { isListening, listenersOn } from './listeners.ts'

/** A part of the virtual rack that runs. */
export interface RackPart {
  stop(): Promise<void>
}

const startSeconds = 20

/** Waits until a program has said a word on its standard output. @throws Error with what it said when it ends before */
export async function readyWord(program: GuardedProcess, word: string, who: string): Promise<void> {
  let said = ''
  const { stdout, stderr } = program.child
  stderr?.on('data', (text: Buffer) => (said += text.toString()))
  const heard = new Promise<true>((resolve) => {
    stdout?.on('data', (text: Buffer) => {
      said += text.toString()
      if (said.includes(word)) resolve(true)
    })
  })
  const ended = program.ended.then(({ code }) => code)
  const first = await Promise.race([heard, ended])
  if (first !== true) throw new Error(`${who} ended with code ${first}: ${said}`)
}

/**
 * Waits until a program listens on all of the TCP ports of 127.0.0.1. It looks into the kernel's table rather than connect:
 * a connection is something to a console server.
 */
export async function listening(program: GuardedProcess, ports: number[], who: string): Promise<void> {
  let said = ''
  program.child.stdout?.on('data', (text: Buffer) => (said += text.toString()))
  program.child.stderr?.on('data', (text: Buffer) => (said += text.toString()))
  let code: number | undefined
  void program.ended.then((end) => (code = end.code))
  for (const deadline = performance.now() + startSeconds * 1000; !ports.every(isListening);) {
    if (code !== undefined) throw new Error(`${who} ended with code ${code}: ${said}`)
    if (performance.now() > deadline) {
      program.kill('SIGKILL')
      throw new Error(`${who} does not listen on ${ports.join(', ')} after ${startSeconds} s: ${said}`)
    }
    await delay(10)
  }
}

/**
 * Ends a program at once; resolves when nobody listens on its ports any longer, which is a moment after it was killed.
 * @throws Error when somebody else listens there, with who: it is not ours to end
 */
export async function killed(program: GuardedProcess, ports: number[] = []): Promise<void> {
  program.kill('SIGKILL')
  await program.ended
  while (ports.some(isListening)) {
    const stranger = listenersOn(ports).find(({ pgid }) => pgid !== program.pgid)
    if (stranger) {
      const { pid, port, command } = stranger
      throw new Error(
        `process ${pid} (${command}) listens on its port ${port}, and was not started by the rack: kill ${pid}`,
      )
    }
    await delay(2)
  }
}
