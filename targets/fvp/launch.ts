import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { LabError } from '../../domain/errors.ts'
import type { Line } from '../powered.ts'
import { baseTerminals } from './base-model.ts'
import { endedAs } from './ending.ts'
import type { FvpTerminal } from './fvp-order.ts'
import { KeptFile, logName } from './kept-model.ts'
import type { ModelHost, ModelProcess } from './model-host.ts'
import { ModelOutput } from './model-output.ts'
import { announcedIn, type Announced } from './ports.ts'

/** What is to be started, and where what it says is kept. */
export interface Launch {
  host: ModelHost
  /** The model's program and its arguments. */
  command: string[]
  /** Stands on the command line of what keeps the model from outliving us. */
  token: string
  terminals: FvpTerminal[]
  /** A terminal that is attached as well and is no console: the TPM is at its other end. */
  wire?: string
  /** The folder for what is kept, made when it is missing. */
  kept: string
  /** Seconds that the model has to announce its terminals. */
  announcing: number
}

/** A model that stands still before its first instruction, with every terminal attached. */
export interface LaunchedModel {
  process: ModelProcess
  pid: number
  output: ModelOutput
  lines: Line[]
  /** Set when there is a wire; nobody has read of it yet. */
  wire?: Duplex
  /** Terminals that nobody asked for; they are read into files, because one that is not read stops the model. */
  others: Other[]
}

/** A terminal that nobody asked for. */
export interface Other {
  stream: Duplex
  /** Resolves when it was closed and all that it had said is in its file. */
  kept: Promise<void>
}

/**
 * Says the pid, which stays the same, and becomes the model. TF-A's CI has the model's output unbuffered in the same way: a
 * port that waits in a buffer is never seen.
 */
const start = ['sh', '-c', 'echo "$$"; exec "$@"']
const unbuffered = ['stdbuf', '-o0', '-e0']

/**
 * Starts a model, stops it (SIGSTOP) as soon as it has announced every terminal that is wanted, and attaches them all.
 * @throws LabError PlaceBroken with the model's last words when it ends before, does not announce one in time, or does not
 *   let us connect; the signal's reason when aborted. Nothing is left of it then.
 */
export async function launchModel(launch: Launch, signal: AbortSignal): Promise<LaunchedModel> {
  const { host, command, token, terminals, wire, kept } = launch
  if (terminals.length === 0) throw new LabError('BadInput', 'A model needs one console at least: name its terminals.')
  signal.throwIfAborted()
  const log = new KeptFile(join(kept, logName))
  const process = await host.start([...start, token, ...unbuffered, ...command], signal).catch((error: unknown) => {
    log.close()
    throw error
  })
  const announced = new Map<string, Announced>()
  const named = new Set([...terminals.map(({ name }) => name), ...(wire === undefined ? [] : [wire])])
  const wanted = new Set(named)
  // No others: a target whose UART goes to the model's output could have us connect to any port.
  const known = new Set([...baseTerminals, ...wanted])
  const all = Promise.withResolvers<number>()
  let drain: ((one: Announced) => Promise<void>) | undefined
  const output = new ModelOutput(log, process.outputs, (line) => {
    const one = announcedIn(line)
    if (!one || !known.has(one.name) || announced.has(one.name)) return
    announced.set(one.name, one)
    wanted.delete(one.name)
    if (drain) drain(one).catch(() => undefined)
    else if (wanted.size === 0) void output.pid.then(all.resolve)
  })
  const opened: Duplex[] = []
  const connect = async ({ port }: Announced): Promise<Duplex> => {
    const stream = await host.connect(port, signal)
    // Until it is captured nobody else listens, and a reset is no reason to end this process.
    stream.on('error', () => undefined)
    opened.push(stream)
    return stream
  }
  try {
    const pid = await Promise.race([
      all.promise,
      endedEarly(process, output, wanted),
      output.failed,
      lateOrAborted(launch, wanted, signal),
    ])
    await host.signal(pid, 'STOP')
    const others: Other[] = []
    const unnamed = [...announced.values()].filter(({ name }) => !named.has(name))
    drain = async (one) => {
      const stream = await connect(one)
      const file = createWriteStream(join(kept, `${one.name}.raw`))
      others.push({ stream, kept: pipeline(stream, file).catch(() => undefined) })
    }
    const attach = async ({ name, worlds }: FvpTerminal): Promise<Line> => {
      return { name, worlds, stream: await connect(announced.get(name)!) }
    }
    const [lines, tpm] = await Promise.all([
      Promise.all(terminals.map(attach)),
      wire === undefined ? undefined : connect(announced.get(wire)!),
      ...unnamed.map(drain),
    ])
    return { process, pid, output, lines, ...(tpm && { wire: tpm }), others }
  } catch (error) {
    await process.kill().catch(() => undefined)
    await process.ended.catch(() => undefined)
    for (const stream of opened) stream.destroy()
    await output.end()
    throw error
  }
}

/** A model that ends before it has announced all is not up, whatever it says of that: its texts are nobody's promise. */
async function endedEarly(process: ModelProcess, output: ModelOutput, wanted: Set<string>): Promise<never> {
  const { code } = await process.ended
  await output.end()
  const sentence = `${endedAs(code)} before it had announced ${[...wanted].join(', ')}; it said: ${output.lastWords()}`
  throw new LabError('PlaceBroken', sentence, { retryable: true })
}

async function lateOrAborted({ announcing }: Launch, wanted: Set<string>, signal: AbortSignal): Promise<never> {
  const late = AbortSignal.timeout(announcing * 1000)
  const either = AbortSignal.any([late, signal])
  await new Promise<void>((resolve) => {
    if (either.aborted) resolve()
    else either.addEventListener('abort', () => resolve(), { once: true })
  })
  signal.throwIfAborted()
  const sentence = `The model did not announce ${[...wanted].join(', ')} within ${announcing} s; its output is kept with the attempt.`
  throw new LabError('PlaceBroken', sentence, { retryable: true })
}
