import { z } from 'zod'
import { maxSequence } from './frame.ts'
import type { RecordBody } from './record.ts'

const rc = z.int().max(0)
const part = z.int().min(1).max(maxSequence).exactOptional()
const register = z.string().regex(/^0x[0-9a-f]{1,16}$/)
const registers = z.array(register).min(8).max(18)
const seconds = z.number().min(0)
const hex = z.string().regex(/^(?:[0-9a-f]{2})*$/)

const schema: z.ZodType<RecordBody> = z.discriminatedUnion('fact', [
  z.object({
    fact: z.literal('hello'),
    init: z.string(),
    release: z.string(),
    machine: z.string(),
    channel: z.string(),
  }),
  z.object({ fact: z.literal('mount'), what: z.string(), rc }),
  z.object({ fact: z.literal('module'), name: z.string(), rc }),
  z.object({ fact: z.literal('file'), path: z.string(), rc, text: z.string(), part, parts: part }),
  z.object({ fact: z.literal('list'), path: z.string(), rc, names: z.array(z.string()), part, parts: part }),
  z.object({ fact: z.literal('link'), path: z.string(), rc, target: z.string() }),
  z.object({
    fact: z.literal('ffa-call'),
    name: z.string().min(1),
    about: z.string().min(1).exactOptional(),
    at: seconds,
    request: registers,
    response: registers,
    status: z.string().min(1),
    errno: rc,
  }),
  z.object({
    fact: z.literal('ffa-driver'),
    op: z.string().min(1),
    about: z.string(),
    at: seconds,
    errno: rc,
    value: register,
  }),
  z.object({
    fact: z.literal('ffa-partition'),
    device: z.string().min(1),
    id: z.int().min(0).max(0xffff),
    uuid: z.string().length(36),
    properties: z.int().min(0).max(0xffff_ffff),
  }),
  z.object({
    fact: z.literal('tpm-command'),
    device: z.string().min(1),
    command: z.string().min(1),
    at: seconds,
    took: seconds,
    rc,
    request: hex,
    response: hex,
  }),
  z.object({
    fact: z.literal('efi-variable'),
    when: z.enum(['before-modules', 'after-modules']),
    step: z.enum(['mount', 'list', 'read', 'write', 'delete', 'unmount']),
    name: z.string(),
    at: seconds,
    took: seconds,
    rc,
    count: z.int().min(0).exactOptional(),
    bytes: hex.exactOptional(),
  }),
  z.object({ fact: z.literal('could-not'), what: z.string(), why: z.string() }),
  z.object({
    fact: z.literal('log'),
    from: z.int().min(0),
    lines: z.int().min(1),
    lost: z.int().min(0),
    sums: z.string().regex(/^(?:[0-9a-f]{8})+$/),
  }),
  z.object({ fact: z.literal('log-line'), line: z.int().min(0), text: z.string() }),
  z.object({ fact: z.literal('end'), records: z.int().min(1).max(maxSequence) }),
])

/** The record in a payload, or one sentence that says why it is none. Never throws, whatever the guest sent. */
export function parsePayload(payload: string): { ok: true; body: RecordBody } | { ok: false; why: string } {
  let value: unknown
  try {
    value = JSON.parse(payload)
  } catch {
    return { ok: false, why: 'the payload is not JSON' }
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return { ok: true, body: parsed.data }
  const issue = parsed.error.issues[0]
  return { ok: false, why: `${issue?.path.join('.') || 'payload'}: ${issue?.message ?? 'not a record'}` }
}
