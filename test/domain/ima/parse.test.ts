import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeMeasurement, isViolation, measuredDigest, nameOf } from '../../../domain/ima/measurement.ts'
import { aroundList } from '../../../domain/ima/around-list.ts'
import { isImaAscii, outsideList, parseImaAscii } from '../../../domain/ima/parse-ascii.ts'
import { isImaBinary, parseImaBinary } from '../../../domain/ima/parse-binary.ts'
import { checkableEntries, firstDifference, firstWrongEntry } from '../../../domain/ima/replay.ts'
import { hash, text } from '../tcg/logs.ts'
import {
  asciiList,
  binaryList,
  bootAggregate,
  digestOf,
  dng,
  everyTemplate,
  file,
  nng,
  violation,
  type Made,
} from './lists.ts'

const ways = [
  ['sha1', true],
  ['sha256', true],
  ['sha384', true],
  ['sha512', true],
  ['sm3', true],
  ['sha1', false],
  ['sha256', false],
] as const

describe.each(ways)('a measurement list of %s, little endian %s', (bank, littleEndian) => {
  const entries = everyTemplate(littleEndian)

  it('is read from its binary file, its byte order and bank found out', () => {
    const list = parseImaBinary(binaryList(entries, bank, littleEndian))
    expect(list).toMatchObject({ kind: 'binary', littleEndian, digestSize: digestOf(entries[0]!, bank).length })
    expect(list.problem).toBeUndefined()
    expect(list.entries.map(({ template }) => template)).toEqual(entries.map(({ template }) => template))
    expect(list.entries.map((entry) => Buffer.from(entry.templateDigest))).toEqual(
      entries.map((entry) => digestOf(entry, bank, littleEndian)),
    )
    expect(firstWrongEntry(list)).toBeUndefined()
    expect(checkableEntries(list)).toBe(entries.length - 1)
  })

  it('is read from its ASCII file to the same fields', () => {
    const ascii = parseImaAscii(asciiList(entries, bank, littleEndian))
    const binary = parseImaBinary(binaryList(entries, bank, littleEndian))
    expect(ascii.problem).toBeUndefined()
    expect(ascii.littleEndian).toBe(littleEndian)
    expect(ascii.entries).toHaveLength(entries.length)
    expect(firstWrongEntry(ascii)).toBeUndefined()
    expect(firstDifference(ascii, binary)).toBeUndefined()
    expect(ascii.entries.map(nameOf)).toEqual(binary.entries.map(nameOf))
  })

  it('shows which entry was changed', () => {
    const binary = binaryList(entries, bank, littleEndian)
    binary[binary.indexOf('/bin/c') + 5] = 0x78
    expect(firstWrongEntry(parseImaBinary(binary))).toMatchObject({ entry: 6, template: 'ima-ngv2' })
    const ascii = asciiList(entries, bank, littleEndian).replace('/bin/c', '/bin/x')
    expect(firstWrongEntry(parseImaAscii(ascii))).toMatchObject({ entry: 6, from: 6, to: 6 })
    expect(firstDifference(parseImaAscii(ascii), parseImaBinary(binaryList(entries, bank, littleEndian)))).toBeDefined()
  })
})

describe('names', () => {
  const odd = [
    '/tmp/two\nlines',
    `/tmp/fake\n10 ${'ab'.repeat(20)} ima-ng sha256:${'00'.repeat(32)} /etc/passwd`,
    '/tmp/\x01\xff\xfe bytes',
    '/tmp/carriage\r',
    '',
    '/tmp/colon:sha256:00',
    `/${'x'.repeat(4095)}`,
  ]

  it.each(odd)('%j comes through both files', (name) => {
    const entries = [file('/first'), file(name), file('/last')]
    for (const list of [parseImaAscii(asciiList(entries)), parseImaBinary(binaryList(entries))]) {
      expect(list.problem).toBeUndefined()
      expect(list.entries.map(nameOf)).toEqual(['/first', name.replaceAll(' ', '_'), '/last'])
      expect(firstWrongEntry(list)).toBeUndefined()
    }
  })

  it('with spaces, from a kernel that leaves them, are joined', () => {
    const spaced: Made = {
      template: 'ima-sig',
      fields: [
        dng('sha256', hash('sha256', text('x'))),
        { bytes: text('/a b (deleted)\0'), shown: '/a b (deleted)' },
        { bytes: Buffer.alloc(0), shown: '' },
      ],
    }
    const list = parseImaAscii(asciiList([spaced]))
    expect(list.entries.map(nameOf)).toEqual(['/a b (deleted)'])
    expect(firstWrongEntry(list)).toBeUndefined()
  })
})

describe('a measurement list', () => {
  it('is read with line ends of other systems', () => {
    const list = parseImaAscii(asciiList(everyTemplate()).replaceAll('\n', '\r\n'))
    expect(firstWrongEntry(list)).toBeUndefined()
    expect(list.entries).toHaveLength(everyTemplate().length)
  })

  it('of a bank without a hash in the kernel holds SHA-1 with zeros behind it', () => {
    const lines = everyTemplate()
      .slice(0, 3)
      .map((made) => asciiList([made]).replace(/^(10 [0-9a-f]{40})/, `$1${'0'.repeat(24)}`))
    const list = parseImaAscii(lines.join(''))
    expect(list.digestSize).toBe(32)
    expect(firstWrongEntry(list)).toBeUndefined()
  })

  it('keeps entries of templates that nobody knows', () => {
    const strange: Made = { template: 'x-ng|y', fields: [nng('a'), nng('b')] }
    const binary = parseImaBinary(binaryList([file('/a'), strange, file('/b')]))
    expect(binary.entries).toHaveLength(3)
    expect(firstWrongEntry(binary)).toBeUndefined()
    const ascii = parseImaAscii(asciiList([file('/a'), strange, file('/b')]))
    expect(ascii.entries).toHaveLength(3)
    expect(checkableEntries(ascii)).toBe(2)
  })

  it('shows an entry that does not have the fields of its template', () => {
    const shown = asciiList([file('/a'), file('/b')])
    const digest = hash('sha256', text('/b')).toString('hex')
    for (const other of ['z'.repeat(64), digest.slice(1), `${digest} extra`.slice(0, 40)]) {
      const list = parseImaAscii(
        shown.replace(`${digest} /b`, other.includes('z') || other.length > 60 ? `${other} /b` : other),
      )
      expect(firstWrongEntry(list)).toMatchObject({ entry: 2, template: 'ima-ng' })
      expect(checkableEntries(list)).toBe(1)
    }
  })

  it('may have lost the blank that an empty signature is shown as', () => {
    const signed: Made = {
      template: 'ima-sig',
      fields: [dng('sha256', hash('sha256', text('x'))), nng('/x'), { bytes: Buffer.alloc(0), shown: '' }],
    }
    const shown = asciiList([signed])
    expect(shown).toContain('/x \n')
    for (const each of [shown, shown.replace('/x \n', '/x\n')]) {
      expect(checkableEntries(parseImaAscii(each))).toBe(1)
      expect(firstWrongEntry(parseImaAscii(each))).toBeUndefined()
    }
  })

  it.each(['# cat list', 'root@box:~# cat list', '/ # cat list', '[me@box ~]$ cat list', '# of the box in the corner'])(
    'may be pasted from a terminal: %s',
    (prompt) => {
      const pasted = `${prompt}\n${asciiList([file('/a')])}${prompt.replace(/cat.*/, '')}\n`
      expect(isImaAscii(pasted)).toBe(true)
      const list = parseImaAscii(pasted)
      expect(list).toMatchObject({ entries: [{ entry: 1, from: 2, to: 2 }] })
      expect(list.problem).toBeUndefined()
    },
  )

  const values = `  sha256:\n    0 : 0x${'AB'.repeat(32)}\n    10: 0x${'CD'.repeat(32)}\n`

  it.each([
    ['PCRs behind it', (list: string) => `${list}# tpm2_pcrread\n${values}`],
    ['PCRs before it', (list: string) => `PCRs:\n${values}\nThe list:\n${list}`],
    ['everything quoted', (list: string) => `${list}${values}`.replaceAll(/^/gm, '> ')],
    ['a reply between quoted lines', (list: string) => `A wrote:\n${list.replaceAll(/^/gm, '>> ')}\nI see.\n`],
    ['a fence around it', (list: string) => `\`\`\`\n${list}\`\`\`\n`],
    ['a mail that wraps at blanks', (list: string) => list.replaceAll(/^(.{40,72}) (.*)$/gm, '$1\n$2')],
    ['a terminal that wraps at 80', (list: string) => list.replaceAll(/.{80}/g, '$&\n')],
    ['an empty line in it', (list: string) => list.replace('\n', '\n\n')],
  ])('may be pasted with %s', (_name, paste) => {
    const names = ['/first', '/var/log/messages', '/bin/a_b', '/z']
    const text = paste(asciiList(names.map((name) => (name.includes('log') ? violation(name) : file(name)))))
    expect(isImaAscii(text)).toBe(true)
    const list = parseImaAscii(text)
    expect(list).not.toHaveProperty('problem')
    expect(list.entries.map(nameOf)).toEqual(names)
    expect(firstWrongEntry(list)).toBeUndefined()
    expect(outsideList(text, list)).not.toContain('ima-ng')
  })

  it('that another follows in the same paste is not mixed up with it', () => {
    const one = asciiList([file('/a')])
    expect(parseImaAscii(`${one}# cat again\n${one}`)).toMatchObject({
      entries: [{}],
      problem: { at: 3, why: 'line 3 begins another list, which is not read' },
    })
  })

  it('cannot have PCRs in the name of a file', () => {
    const text = asciiList([file(`/a\n${values}`), file('/b')])
    expect(parseImaAscii(text).entries).toHaveLength(2)
    expect(outsideList(text, parseImaAscii(text))).toBe('')
  })

  it.each(['\n', '\r\n'])('that is ASCII, ends its lines with %j and is cut off keeps its whole entries', (lineEnd) => {
    const text = asciiList([file('/a'), file('/b')]).replaceAll('\n', lineEnd)
    const first = text.indexOf('\n') + 1
    for (let cut = first + 3; cut < text.length - lineEnd.length; cut++) {
      const { entries, problem } = parseImaAscii(text.slice(0, cut))
      expect({ entries: entries.length, problem }).toEqual({
        entries: 1,
        problem: { at: 2, why: 'line 2 is cut off' },
      })
    }
    // Whoever copies a list may leave its last line feed out.
    expect(parseImaAscii(text.trimEnd())).toMatchObject({ entries: [{}, {}] })
    expect(parseImaAscii(text.trimEnd())).not.toHaveProperty('problem')
    expect(parseImaAscii(`${text}logout`).problem?.why).toBe('line 3 is no entry of a measurement list')
  })

  it('that is cut off keeps its whole entries', () => {
    const entries = everyTemplate()
    const whole = binaryList(entries)
    for (let cut = 0; cut < whole.length; cut += 7) {
      const list = parseImaBinary(whole.subarray(0, cut))
      for (const [n, entry] of list.entries.entries()) expect(entry.template).toBe(entries[n]?.template)
      expect(list.problem !== undefined || (list.entries.at(-1)?.to ?? -1) + 1 === cut).toBe(true)
    }
  })

  it('says where a line is none of its own', () => {
    expect(parseImaAscii(`${asciiList([file('/a')])}[    1.0] printk\n`).problem).toEqual({
      at: 2,
      why: 'line 2 is no entry of a measurement list',
    })
  })

  it('tells its entries to people, names without control characters', () => {
    const [first] = parseImaBinary(binaryList([file('/a\x1b[31m\xff')])).entries
    expect(first && describeMeasurement(first)).toBe('entry 1 (/a\\x1b[31m\\xff)')
  })

  it('tells what was measured', () => {
    const [, old, , , , verity] = parseImaAscii(asciiList(everyTemplate())).entries
    expect(old && measuredDigest(old)).toEqual({ digest: new Uint8Array(hash('sha1', text('old'))) })
    expect(verity && measuredDigest(verity)).toMatchObject({ type: 'verity', algorithm: 'sha256' })
    expect(parseImaAscii(asciiList(everyTemplate())).entries.filter(isViolation).map(nameOf)).toEqual([
      '/var/log/messages',
    ])
  })
})

describe('template digests that were computed by hand', () => {
  const zero = (size: number) => Buffer.alloc(size)
  it.each([
    [
      'no TPM, ima-ng, sha256',
      bootAggregate(zero(32)),
      '0adefe762c149c7cec19da62f0da1297fcfbffff',
      '36f1cd67a730bc4137870c4d00dbc7430b51b1ebdaa130744297cf65339078a0',
    ],
    [
      'no TPM, late, sha256',
      bootAggregate(zero(32), 'boot_aggregate_late'),
      '4e5d73ebadfd8f850cb93ce4de755ba148a9a7d5',
      '2b8ac4b79285ab31eaff1c5ac3569ee7ddcf8c2f957d56d3fb326ddfb40f24b0',
    ],
    [
      'no TPM, ima-ng, sha1',
      bootAggregate(zero(20), 'boot_aggregate', 'sha1'),
      '1d8d532d463c9f8c205d0df7787669a85f93e260',
      'bba20e8b15e2f5948a181bc922fd1207b9d5ed549585ffa3ab6e44f8aaeb4b16',
    ],
  ])('%s', (_name, made, sha1, sha256) => {
    const shown = made.fields.map((field) => field.shown).join(' ')
    for (const digest of [sha1, sha256]) {
      const list = parseImaAscii(`10 ${digest} ima-ng ${shown}\n`)
      expect(list.entries).toHaveLength(1)
      expect(firstWrongEntry(list)).toBeUndefined()
    }
    expect(firstWrongEntry(parseImaAscii(`10 ${sha1.replace(/^./, 'f')} ima-ng ${shown}\n`))).toBeDefined()
  })
})

describe('whatever comes', () => {
  const broken = fc.tuple(fc.nat(5000), fc.nat(255)).map(([at, value]) => {
    const list = binaryList(everyTemplate())
    list[at % list.length] = value
    return new Uint8Array(list)
  })

  it('reading bytes does not throw, and entries do not overlap', () =>
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), broken), (bytes) => {
        const list = parseImaBinary(bytes)
        isImaBinary(bytes)
        firstWrongEntry(list)
        let end = 0
        for (const { from, to } of list.entries) {
          expect(from).toBe(end)
          end = to + 1
        }
        expect(end).toBeLessThanOrEqual(bytes.length)
      }),
      { numRuns: 500 },
    ))

  it('reading text does not throw, and every line belongs to one entry or the problem', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string().filter((line) => !line.startsWith('>')),
            fc.constantFrom(...asciiList(everyTemplate()).split('\n')),
          ),
          { maxLength: 20 },
        ),
        (lines) => {
          const list = parseImaAscii(lines.join('\n'))
          isImaAscii(lines.join('\n'))
          firstWrongEntry(list)
          let end = 0
          for (const { from, to } of list.entries) {
            const passedOver = lines.slice(end, from - 1)
            const isAround = aroundList()
            expect(passedOver.every((line) => line.trim() === '' || (end === 0 && isAround(line)))).toBe(true)
            end = to
          }
        },
      ),
      { numRuns: 300 },
    ))

  it('a long list in which no digest fits is read to its end', () => {
    const line = `10 ${'ab'.repeat(20)} ima-ng sha256:${'00'.repeat(32)} /x\n`
    expect(parseImaAscii(line.repeat(5_000)).entries).toHaveLength(5_000)
  })

  it('kinds of files are told apart', () => {
    const entries = everyTemplate()
    expect(isImaAscii(asciiList(entries))).toBe(true)
    expect(isImaAscii('[    0.000000] Booting Linux\n')).toBe(false)
    expect(isImaBinary(binaryList(entries))).toBe(true)
    expect(isImaBinary(text(asciiList(entries)))).toBe(false)
    expect(isImaBinary(new Uint8Array())).toBe(false)
  })
})
