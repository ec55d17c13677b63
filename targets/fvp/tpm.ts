import { createWriteStream } from 'node:fs'
import type { Duplex } from 'node:stream'
import type { TargetEnd } from '../powered.ts'
import { keptFile } from '../kept-files.ts'
import { TpmCommands } from './tpm-commands.ts'
import { makeTpm, startSwtpm, swtpmGoneSentence, type Swtpm } from '../swtpm.ts'

// A base model has no TPM. OP-TEE speaks to one over a UART (stacks/fvp-full/optee/tpm-uart.c), and it is a swtpm of this
// host, wherever the model runs: the terminal's bytes go to it, a command at a time, and its own come back as they are.

/** What OP-TEE said to its TPM is kept as that; swtpm's log has the answers too. */
export const wireName = 'tpm.raw'

/** The TPM of one attempt on a model. */
export interface ModelTpm {
  swtpm: Swtpm
  /** Resolves when it went away before its model did. */
  lost: Promise<TargetEnd>
  /** Ends it; nothing when it has ended. */
  stop(): Promise<void>
}

/**
 * Makes a new TPM in the attempt's folder and powers it on.
 * @throws LabError TargetBroken when swtpm does not do it; the signal's reason when aborted
 */
export async function startModelTpm(folder: string, banks: string[], signal: AbortSignal): Promise<ModelTpm> {
  await makeTpm(folder, banks, signal)
  const swtpm = startSwtpm(folder, 'data')
  const lost = new Promise<TargetEnd>((resolve) => {
    void swtpm.gone.then(async ({ code }) => {
      // It also ends when the model's terminal closes, and then with 0.
      if (code !== 0) resolve({ kind: 'lost', reason: await swtpmGoneSentence(swtpm, code) })
    })
  })
  return { swtpm, lost, stop: () => swtpm.stop() }
}

/** Joins a terminal of a model that stands still to the TPM, until one of them closes. Whoever asks waits for the answer. */
export function attachTpm({ swtpm: { socket } }: ModelTpm, terminal: Duplex, folder: string): void {
  const file = createWriteStream(keptFile(folder, wireName))
  // That it cannot be kept is no reason to stop the TPM, whose own log has the same.
  file.on('error', () => undefined)
  const commands = new TpmCommands()
  terminal.on('data', (bytes: Buffer) => {
    file.write(bytes)
    for (const command of commands.take(bytes)) socket.write(command)
  })
  terminal.once('close', () => {
    file.end()
    socket.end()
  })
  socket.pipe(terminal, { end: false })
}
