import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Socket } from 'node:net'
import { LabError } from '../domain/errors.ts'
import { startGuarded, wasKilled, type GuardedProcess } from '../host/guarded-process.ts'
import { keptFile } from './kept-files.ts'

/**
 * What a TPM is told on its socket. QEMU has its control channel, by which it is asked for everything; a wire has nothing but
 * commands and answers (the data channel), one of which swtpm adds for the locality.
 */
export type SwtpmChannel = 'control' | 'data'

/** A TPM of one attempt, powered on with its machine and gone with it. */
export interface Swtpm {
  /** The other end of its channel: for QEMU, to which it is handed on, or for who carries what goes over a wire. */
  socket: Socket
  /** Resolves when swtpm has ended: with code 0 when its channel was closed, or asked it to. */
  gone: Promise<{ code: number }>
  /** What it said, and what was said to it. */
  logFile: string
  /** Ends it by force; nothing when it has ended. */
  stop(): Promise<void>
}

/**
 * What swtpm's log shows: each command and each answer in hex, as libtpms saw them (swtpm(8), --log). That is evidence of
 * what reached the TPM, and it costs nothing that can be measured.
 */
const logLevel = 5

const folderName = 'tpm'

/** What a TPM's log is kept as. */
export const swtpmLog = 'swtpm.log'

/**
 * Makes a new TPM 2.0 with the given PCR banks, as a vendor would, in a folder of its own.
 * @param attempt the attempt's folder
 * @throws LabError TargetBroken when swtpm_setup is missing or fails, with what it said; BadInput when the folder has a
 *   TPM already; the signal's reason when aborted
 */
export async function makeTpm(attempt: string, banks: string[], signal: AbortSignal): Promise<void> {
  const state = join(attempt, folderName)
  await mkdir(state, { mode: 0o700 }).catch((cause: unknown) => {
    const sentence = `No TPM can be made in ${state}: it cannot be written, or holds another. Give each attempt a folder of its own.`
    throw new LabError('BadInput', sentence, { cause })
  })
  const logFile = join(state, 'setup.log')
  const guarded = startGuarded('swtpm_setup', swtpmSetupArguments(state, banks), { logFile })
  const kill = (): void => guarded.kill('SIGKILL')
  signal.addEventListener('abort', kill)
  const { code } = await guarded.ended
  signal.removeEventListener('abort', kill)
  signal.throwIfAborted()
  if (code !== 0) throw broken('swtpm_setup could not make a TPM', code, await lastLines(logFile))
}

/**
 * Powers on the TPM that `makeTpm` made. It ends when its channel is closed, when this process dies, however it dies, and with
 * `stop`. Nobody sends it TPM2_Startup: that is for the firmware, as on a board.
 * @throws LabError TargetBroken when this host has no process or file to spare
 */
export function startSwtpm(attempt: string, channel: SwtpmChannel): Swtpm {
  const logFile = keptFile(attempt, swtpmLog)
  const state = join(attempt, folderName)
  const own = channel === 'control' ? swtpmArguments(state, 'clientfd=4') : swtpmOnWire(state, ['--fd', '4'])
  const args = [...own, '--log', `file=${logFile},level=${logLevel}`]
  const guarded = startGuarded('swtpm', args, { logFile, channels: 1 })
  const [socket] = guarded.channels
  if (!socket) throw broken('swtpm could not be started', 127, 'this host has no file or process to spare')
  // One that cannot be started closes it; that is told better by `gone`.
  socket.on('error', () => undefined)
  return { socket, gone: guarded.ended, logFile, stop: () => stop(guarded) }
}

/** @returns the arguments of swtpm_setup (swtpm_setup(8)) for a new TPM 2.0 in the folder `state` */
export function swtpmSetupArguments(state: string, banks: string[]): string[] {
  return ['--tpm2', '--tpmstate', state, '--pcr-banks', banks.join(','), '--overwrite']
}

/**
 * @param channel where QEMU is, as swtpm's --ctrl has it
 * @returns the arguments of swtpm (swtpm(8)) for the TPM in the folder `state`
 */
export function swtpmArguments(state: string, channel: string): string[] {
  return ['socket', '--tpm2', '--tpmstate', `dir=${state}`, '--ctrl', `type=unixio,${channel}`, '--terminate']
}

/**
 * @param data where its commands come from: swtpm's --fd or --server
 * @returns the arguments of swtpm (swtpm(8)) for the TPM in the folder `state`, at the other end of a wire: it runs at once,
 *   and can be told the locality by a command
 */
export function swtpmOnWire(state: string, data: string[]): string[] {
  const ways = ['--flags', 'not-need-init', '--locality', 'allow-set-locality', '--terminate']
  return ['socket', '--tpm2', '--tpmstate', `dir=${state}`, ...data, ...ways]
}

/** Why a TPM that ended with this code before its machine did is gone: one sentence. */
export async function swtpmGoneSentence({ logFile }: Swtpm, code: number): Promise<string> {
  return broken('The TPM emulator swtpm ended before its machine did', code, await lastLines(logFile)).message
}

async function stop(guarded: GuardedProcess): Promise<void> {
  guarded.kill('SIGKILL')
  await guarded.ended
}

function broken(what: string, code: number, said: string): LabError {
  const why = code === 127 ? 'it is not installed: run `npm start`, or install swtpm and swtpm-tools' : `code ${code}`
  const sentence = `${what} (${why})${said === '' ? '.' : `: ${said}`}`
  return new LabError('TargetBroken', sentence, { retryable: wasKilled(code) })
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  // The log has hex of commands between what it says to people.
  const lines = text.split('\n').filter((line) => /[a-z]{3}/i.test(line) && !/^\s*([0-9A-F]{2} )+/.test(line))
  return lines
    .slice(-3)
    .map((line) => line.trim())
    .join(' / ')
}
