import { randomBytes } from 'node:crypto'
import type { Message } from '../../domain/tell/message.ts'

/** A message of a test, of its own id. */
export function someMessage(over: Partial<Message> = {}): Message {
  return {
    id: randomBytes(16).toString('hex'),
    schedule: 'nightly',
    subject: 'nightly: new failure: ffa.usable -22',
    text: 'NEW FAILURE\n',
    written: Date.parse('2026-12-01T05:02:11Z'),
    data: { schemaVersion: 1, kind: 'night', schedule: 'nightly', red: true, news: [] },
    ...over,
  }
}

export const never = new AbortController().signal
