import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'vitest'
import { joinParts } from '../../domain/records/join-parts.ts'
import { RecordReceiver } from '../../domain/records/receiver.ts'
import type { RecordBody, TargetRecord } from '../../domain/records/record.ts'
import type { Harness } from './harness.ts'

/** Runs a session to its end and answers it; `wire` may damage what it sends, and a kernel's log may be told of. */
export async function talkTo(
  harness: Harness,
  instructions: string,
  wire = (bytes: Buffer): Buffer => bytes,
  { log, heard }: { log?: Uint8Array; heard?: Uint8Array } = {},
): Promise<Talk> {
  const child = await harness.start(instructions, log)
  const receiver = new RecordReceiver()
  if (heard) receiver.feed(heard)
  const talk: Talk = { child, records: [], bodies: [], said: '', code: null, raw: '', errors: '' }
  child.stdout?.on('data', (bytes: Buffer) => {
    talk.raw += bytes.toString('latin1')
    const { say } = receiver.feed(wire(bytes))
    talk.said += say
    if (say !== '') child.stdin?.write(say)
  })
  child.stderr?.on('data', (bytes: Buffer) => (talk.errors += bytes.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  expect(receiver.rejected()).toEqual([])
  const records = receiver.records()
  return { ...talk, code, records, bodies: joinParts(records).map(({ body }) => body) }
}

/** What was said in a session. */
export interface Talk {
  child: ChildProcess
  records: TargetRecord[]
  bodies: RecordBody[]
  said: string
  raw: string
  errors: string
  code: number | null
}
