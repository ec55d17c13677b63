import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { PduSpec } from '../../../domain/lab/pdu-spec.ts'
import { withLock } from '../../../host/lock.ts'
import { sha256 } from '../../../host/sha256.ts'
import { replaceFile } from '../../../host/whole-file.ts'

const outletShape = z.object({
  /** When it was switched off last, milliseconds of this host's clock. */
  off: z.number().optional(),
  /** How many times it was told to go off: an on that was asked for before the last of them is void. */
  offs: z.number(),
  /** A command that was sent and of whose answer nothing is known; it may be obeyed late. */
  unanswered: z.object({ to: z.enum(['on', 'off']), at: z.number() }).optional(),
})

const memoryShape = z.object({
  outlets: z.record(z.string(), outletShape),
  /** Which outlet was switched on last, and when. */
  lastOn: z.object({ outlet: z.string(), at: z.number() }).optional(),
})

/** What is remembered of a PDU, across the processes of this host. */
export type PduMemory = z.infer<typeof memoryShape>
export type OutletMemory = z.infer<typeof outletShape>

/** A PDU as all processes of this host share it. */
export interface SharedPdu {
  /** What is remembered now, without waiting for anybody. */
  peek(): Promise<PduMemory>
  /** Runs `work` while nobody else speaks to the PDU. @throws the signal's reason when aborted while waiting */
  alone<T>(signal: AbortSignal, work: (memory: PduMemory, keep: () => Promise<void>) => Promise<T>): Promise<T>
}

/**
 * A PDU is known by the way to it and not by its name in a lab: two labs that name one PDU share it.
 * @param folder the state folder
 */
export function sharedPdu(pdu: PduSpec, folder: string): SharedPdu {
  const files = join(folder, 'power', sha256(wayTo(pdu)).slice(0, 16))
  const lock = `${files}.lock`
  const file = `${files}.json`
  return {
    peek: () => readMemory(file),
    async alone(signal, work) {
      await mkdir(join(folder, 'power'), { recursive: true, mode: 0o700 })
      return await withLock(lock, { signal }, async () => {
        const memory = await readMemory(file)
        return await work(memory, () => replaceFile(file, `${JSON.stringify(memory)}\n`))
      })
    },
  }
}

/** What is remembered of one outlet; made when there is nothing. */
export function outletOf(memory: PduMemory, outlet: string): OutletMemory {
  return (memory.outlets[outlet] ??= { offs: 0 })
}

function wayTo(pdu: PduSpec): string {
  switch (pdu.kind) {
    case 'snmp':
      return `snmp ${pdu.address} ${pdu.port}`
    case 'http':
      return `http ${pdu.url}`
    case 'pdudaemon':
      return `pdudaemon ${pdu.url} ${pdu.pdu}`
    case 'command':
      return `command ${pdu.host} ${JSON.stringify([pdu.on, pdu.off])}`
  }
}

/** One that cannot be read is forgotten: it holds times of the last seconds, and nothing that is worth a place. */
async function readMemory(file: string): Promise<PduMemory> {
  try {
    return memoryShape.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return { outlets: {} }
  }
}
