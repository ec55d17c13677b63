/** What init tells of the kernel's log where records share its console, by `guest/init` compiled for this host. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kernelLogOf, kernelLogText } from '../../domain/records/kernel-log.ts'
import { LineSums } from '../../domain/records/line-sums.ts'
import type { TargetRecord } from '../../domain/records/record.ts'
import { buildHarness, type Harness } from './harness.ts'
import { talkTo } from './talk.ts'

let harness: Harness
beforeAll(async () => {
  harness = await buildHarness()
}, 60_000)
afterAll(async () => harness.remove())

const messages = [
  'Booting Linux on physical CPU 0x0000000000 [0x000f0510]',
  'printk: debug: ignoring loglevel setting.',
  'raw bytes: \u00e9\u0001"\\',
  ...Array.from({ length: 100 }, (_, n) => `initcall number_${n}+0x0/0x10 returned 0 after ${n} usecs`),
]
const said = messages.map((message, n) => `[    0.${String(n).padStart(6, '0')}] ${message}`)
const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
/** As syslog(2) gives it: a level before each line, and here one message that no console says. */
const log = bytes(`${said.map((line, n) => `<${n % 7}>${line}`).join('\n')}\n<7>[    9.000000] not said\n`)
const consoleOf = (lines: string[]): Buffer => bytes(`${lines.join('\r\n')}\r\n`)
function kernelLogIn(heard: Buffer, records: TargetRecord[]) {
  const lines = new LineSums(() => true)
  lines.feed(heard)
  const log = kernelLogOf([{ console: 'uart0', lines }], records)
  return log && { ...log, text: kernelLogText(log, lines, records) }
}
const sequences = (records: TargetRecord[], fact: string): number[] =>
  records.filter(({ body }) => body.fact === fact).map(({ sequence }) => sequence)

describe('the kernel’s log', () => {
  it('is told as sums of the lines that the console says, and none is asked for that came whole', async () => {
    const heard = consoleOf(said)
    const { records, said: asked, code } = await talkTo(harness, '', undefined, { log, heard })
    expect([code, asked]).toEqual([0, 'DONE\n'])
    expect(sequences(records, 'log')).toHaveLength(4)
    expect(kernelLogIn(heard, records)).toMatchObject({ lines: 103, lost: 0, damaged: [], mended: 0, text: said })
  })

  it('is given again where a line came with a wrong digit, lost its end, or did not come', async () => {
    const heard = consoleOf(
      said.flatMap((line, n) =>
        n === 1 ? [] : n === 2 ? [line.slice(0, -3)] : n === 50 ? [line.replace('returned 0', 'returned 8')] : [line],
      ),
    )
    const { records, said: asked } = await talkTo(harness, '', undefined, { log, heard })
    expect(asked).toMatch(/^(?:RESEND \d+\n){3}DONE\n$/)
    expect(kernelLogIn(heard, records)).toMatchObject({ damaged: [1, 2, 50], mended: 3, text: said })
    expect(records.find(({ body }) => body.fact === 'log-line' && body.line === 2)?.body).toMatchObject({
      text: said[2],
    })
  })

  it('is given again over a wire that damages what is given, too', async () => {
    let count = 0
    const wire = (chunk: Buffer): Buffer => Buffer.from(chunk.map((byte) => (++count % 997 === 0 ? 0x58 : byte)))
    const heard = consoleOf(said.filter((_, n) => n % 3 > 0))
    const { records, code } = await talkTo(harness, '', wire, { log, heard })
    expect(code).toBe(0)
    expect(kernelLogIn(heard, records)).toMatchObject({ mended: 35, text: said })
  })

  it('is whole where the kernel spoke in the middle of a record', async () => {
    const heard = bytes(said.map((line) => `HYP1 7 half a record${line}\r\n and its rest\r\n`).join(''))
    const { records } = await talkTo(harness, '', undefined, { log, heard })
    expect(kernelLogIn(heard, records)).toMatchObject({ damaged: [], text: said })
  })

  it('is not told of where nobody asked', async () => {
    const { records } = await talkTo(harness, '')
    expect(sequences(records, 'log')).toEqual([])
    expect(kernelLogIn(consoleOf(said), records)).toBeUndefined()
  })
})
