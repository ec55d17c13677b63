import { once } from 'node:events'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { maxPayload, maxSequence } from '../../domain/records/frame.ts'
import { buildHarness, type Harness } from './harness.ts'
import { talkTo, type Talk } from './talk.ts'

let harness: Harness
let at: string
beforeAll(async () => {
  harness = await buildHarness()
  at = harness.folder
  await mkdir(join(at, 'devices/one'), { recursive: true })
  await mkdir(join(at, 'devices/two'))
  await mkdir(join(at, 'many'))
  await writeFile(join(at, 'devices/one/id'), '0x8001\n')
  await writeFile(join(at, 'devices/two/id'), '0x0000\n')
  await symlink('../../drivers/optee', join(at, 'devices/one/driver'))
  await writeFile(
    join(at, 'all-bytes'),
    Uint8Array.from({ length: 256 }, (_, n) => n),
  )
  await writeFile(join(at, 'long'), 'line of text "quoted" \\ \u0001\n'.repeat(400))
  await writeFile(join(at, 'empty'), '')
  for (let n = 0; n < 300; n++) await writeFile(join(at, 'many', `entry-${String(n).padStart(4, '0')}`), '')
  await execa('mkfifo', [join(at, 'hangs')])
}, 60_000)
afterAll(async () => harness.remove())

const run = (instructions: string, wire?: (bytes: Buffer) => Buffer): Promise<Talk> =>
  talkTo(harness, instructions, wire)

describe('session', () => {
  it('says hello, does its instructions in turn, ends, and goes when it hears DONE', async () => {
    const { bodies, code, said } = await run(`fact file ${at}/devices/one/id\nfact link ${at}/devices/one/driver\n`)
    expect(bodies).toEqual([
      { fact: 'hello', init: 'test', release: expect.any(String), machine: expect.any(String), channel: 'harness' },
      { fact: 'file', path: `${at}/devices/one/id`, rc: 0, text: '0x8001\n' },
      { fact: 'link', path: `${at}/devices/one/driver`, rc: 0, target: '../../drivers/optee' },
      { fact: 'end', records: 4 },
    ])
    expect([code, said]).toEqual([0, 'DONE\n'])
  })

  it('reports each match of a wildcard, also the one that lacks what was asked for', async () => {
    const { bodies } = await run(
      `fact file ${at}/devices/*/id\nfact link ${at}/dev*/*/driver\nfact list ${at}/nothing/*\n`,
    )
    expect(bodies.slice(1, -1)).toEqual([
      { fact: 'file', path: `${at}/devices/one/id`, rc: 0, text: '0x8001\n' },
      { fact: 'file', path: `${at}/devices/two/id`, rc: 0, text: '0x0000\n' },
      { fact: 'link', path: `${at}/devices/one/driver`, rc: 0, target: '../../drivers/optee' },
      { fact: 'link', path: `${at}/devices/two/driver`, rc: -2, target: '' },
      { fact: 'list', path: `${at}/nothing/*`, rc: -2, names: [] },
    ])
  })

  it('loses no byte of a file and sends long ones in parts, in printable ASCII', async () => {
    const { bodies, records, raw } = await run(
      `fact file ${at}/all-bytes\nfact file ${at}/long\nfact file ${at}/empty\n`,
    )
    expect(bodies.slice(1, -1)).toEqual([
      { fact: 'file', path: `${at}/all-bytes`, rc: 0, text: String.fromCharCode(...Array(256).keys()) },
      { fact: 'file', path: `${at}/long`, rc: 0, text: 'line of text "quoted" \\ \u0001\n'.repeat(400) },
      { fact: 'file', path: `${at}/empty`, rc: 0, text: '' },
    ])
    expect(records.length).toBeGreaterThan(6)
    expect(raw).toMatch(/^[\x20-\x7e\n]*$/)
    for (const [, length] of raw.matchAll(/^HYP1 \d+ (\d+)/gm)) expect(Number(length)).toBeLessThanOrEqual(maxPayload)
  })

  it('sends long lists in parts, sorted', async () => {
    const { bodies, records } = await run(`fact list ${at}/many\nfact list ${at}/devices\n`)
    const names = Array.from({ length: 300 }, (_, n) => `entry-${String(n).padStart(4, '0')}`)
    expect(bodies.slice(1, -1)).toEqual([
      { fact: 'list', path: `${at}/many`, rc: 0, names },
      { fact: 'list', path: `${at}/devices`, rc: 0, names: ['one', 'two'] },
    ])
    expect(records.length).toBeGreaterThan(5)
  })

  it('gives up a read that hangs and goes on', async () => {
    const { bodies } = await run(`limit fact 100\nfact file ${at}/hangs\nfact file ${at}/devices/one/id\n`)
    expect(bodies.slice(1, -1)).toEqual([
      { fact: 'file', path: `${at}/hangs`, rc: -110, text: '' },
      { fact: 'file', path: `${at}/devices/one/id`, rc: 0, text: '0x8001\n' },
    ])
  })

  it('reports what is missing or not understood and goes on', async () => {
    const long = `/${'x'.repeat(1100)}`
    const { bodies } = await run(
      `module no-such\nprobe no-such-either\nfact file ${at}\nfact socket /a\nfact file a\nfact file ${long}\ndance\nfact file ${at}/empty\nlimit patience 3\n`,
    )
    expect(bodies.slice(0, -1)).toEqual([
      { fact: 'could-not', what: 'limit', why: 'unknown or not a number: patience' },
      expect.objectContaining({ fact: 'hello' }),
      { fact: 'module', name: 'no-such', rc: -2 },
      { fact: 'module', name: 'no-such-either', rc: -2 },
      { fact: 'file', path: at, rc: -21, text: '' },
      { fact: 'could-not', what: 'fact', why: 'there is no kind socket' },
      { fact: 'could-not', what: 'fact', why: 'the path is too long or not absolute: a' },
      { fact: 'could-not', what: 'fact', why: expect.stringContaining('the path is too long') },
      { fact: 'could-not', what: 'instruction', why: 'not known: dance' },
      { fact: 'file', path: `${at}/empty`, rc: 0, text: '' },
    ])
  })

  it('leaves out what is over the limit of bytes, and says so', async () => {
    const { bodies } = await run(
      `limit bytes 10\nfact file ${at}/long\nfact list ${at}/devices\nfact list ${at}/many\n`,
    )
    expect(bodies.slice(1, -1)).toEqual([
      { fact: 'could-not', what: `${at}/long`, why: 'longer than 10 bytes, the rest is left out' },
      { fact: 'file', path: `${at}/long`, rc: 0, text: 'line of te' },
      { fact: 'list', path: `${at}/devices`, rc: 0, names: ['one', 'two'] },
      { fact: 'could-not', what: `${at}/many`, why: 'longer than 10 bytes, the rest is left out' },
      { fact: 'list', path: `${at}/many`, rc: 0, names: [] },
    ])
  })

  it('stops at the highest number that a frame can have, and says so', async () => {
    const { records, code } = await run('dance\n'.repeat(maxSequence + 10))
    expect(code).toBe(0)
    expect(records).toHaveLength(maxSequence)
    expect(records.at(-2)?.body).toMatchObject({ fact: 'could-not', what: 'records' })
    expect(records.at(-1)?.body).toEqual({ fact: 'end', records: maxSequence })
  }, 30_000)

  it('sends again what a damaged channel lost, until everything arrived', async () => {
    let count = 0
    // Two of three long frames break, and each time others: a frame is at most 2026 bytes long.
    const wire = (bytes: Buffer): Buffer => Buffer.from(bytes.map((byte) => (++count % 2999 === 0 ? 0x58 : byte)))
    const { bodies, code, said } = await run(
      `fact file ${at}/long\nfact list ${at}/many\nfact file ${at}/all-bytes\n`,
      wire,
    )
    expect(code).toBe(0)
    expect(said).toContain('RESEND ')
    expect(bodies[1]).toEqual({
      fact: 'file',
      path: `${at}/long`,
      rc: 0,
      text: 'line of text "quoted" \\ \u0001\n'.repeat(400),
    })
    expect(bodies).toHaveLength(5)
  })

  it('repeats an end that was lost, by itself', async () => {
    let ends = 0
    const wire = (bytes: Buffer): Buffer => {
      const text = bytes.toString('latin1')
      return text.includes('"end"') && ends++ === 0 ? Buffer.from(text.replace('"end"', '"enX"')) : bytes
    }
    const { code, said } = await run(`fact file ${at}/empty\n`, wire)
    expect([code, said, ends]).toEqual([0, 'DONE\n', 2])
  })

  it('ignores what the host cannot mean', async () => {
    const child = await harness.start(`fact file ${at}/empty\n`)
    child.stdin?.write(`RESEND 0\nRESEND 999\nRESEND x\n${'y'.repeat(5000)}\nDONE please\nRESEND 1\nDONE\n`)
    let raw = ''
    child.stdout?.on('data', (bytes: Buffer) => (raw += bytes.toString()))
    const [code] = (await once(child, 'close')) as [number | null]
    expect(code).toBe(0)
    expect([...raw.matchAll(/^HYP1 (\d+)/gm)].map((match) => match[1])).toEqual(['1', '2', '3', '1'])
  })

  it('does not wait for ever for a host that is silent', async () => {
    const child = await harness.start('limit answer 100\n')
    let errors = ''
    child.stderr?.on('data', (bytes: Buffer) => (errors += bytes.toString()))
    child.stdout?.resume()
    const [code] = (await once(child, 'close')) as [number | null]
    expect(code).toBe(0)
    expect(errors).toContain('the host has not said DONE for 100 ms')
  })

  it('does not send again for ever what never arrives', async () => {
    const child = await harness.start('limit answer 60000\n')
    let errors = ''
    child.stderr?.on('data', (bytes: Buffer) => (errors += bytes.toString()))
    child.stdout?.on('data', () => child.stdin?.write('RESEND 1\nRESEND 2\n'))
    const [code] = (await once(child, 'close')) as [number | null]
    expect(code).toBe(0)
    expect(errors).toContain('could not bring the records to the host')
  })

  it('ends when the host has gone', async () => {
    const child = await harness.start('limit answer 60000\n')
    child.stdin?.end()
    child.stdout?.resume()
    const [code] = (await once(child, 'close')) as [number | null]
    expect(code).toBe(0)
  })
})
