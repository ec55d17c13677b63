import { appendFile, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deliverMessage } from '../../telling/deliver-message.ts'
import { tempFolder } from '../host/temp-folder.ts'
import { never, someMessage } from './messages.ts'

const tell = async (path: string, message = someMessage()) =>
  await deliverMessage(message, { kind: 'file', path }, never)

describe('a file that is told', () => {
  it('gets each message at its end, as text, and is for this user alone', async () => {
    const path = join(await tempFolder(), 'nights.txt')
    const [one, two] = [someMessage(), someMessage({ subject: 'nightly: fixed: x', text: 'FIXED\n' })]
    expect(await tell(path, one)).toBe(`${path} has it`)
    await tell(path, two)
    expect(await readFile(path, 'utf8')).toBe(
      [
        'nightly: new failure: ffa.usable -22\n\nNEW FAILURE\n',
        `=== 2026-12-01T05:02:11.000Z ${one.id}`,
        'nightly: fixed: x\n\nFIXED\n',
        `=== 2026-12-01T05:02:11.000Z ${two.id}`,
        '',
      ].join('\n'),
    )
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('gets JSON lines when its name says so', async () => {
    const path = join(await tempFolder(), 'nights.jsonl')
    const messages = [someMessage(), someMessage({ text: 'two\nlines' })]
    for (const message of messages) await tell(path, message)
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject(
      messages.map(({ id, subject, text }) => ({ schemaVersion: 1, kind: 'night', id, subject, text })),
    )
  })

  it.each(['nights.txt', 'nights.jsonl'])('gets none twice, and half of one is none: %s', async (name) => {
    const path = join(await tempFolder(), name)
    const message = someMessage()
    await tell(path, message)
    const whole = await readFile(path, 'utf8')
    expect(await tell(path, message)).toBe(`${path} has it already`)
    expect(await readFile(path, 'utf8')).toBe(whole)
    // Killed in the middle of the next one.
    const next = someMessage()
    const torn = whole.replaceAll(message.id, next.id).slice(0, -1)
    await appendFile(path, torn)
    await tell(path, next)
    const text = await readFile(path, 'utf8')
    expect(text.startsWith(`${whole}${torn}\n`)).toBe(true)
    expect(text.endsWith(whole.replaceAll(message.id, next.id))).toBe(true)
  })

  it('that cannot be written is tried again', async () => {
    const path = join(await tempFolder(), 'not', 'there', 'nights.txt')
    await expect(tell(path)).rejects.toMatchObject({
      code: 'NotDelivered',
      retryable: true,
      message: `${path} cannot be written: its folder is not there.`,
    })
  })
})
