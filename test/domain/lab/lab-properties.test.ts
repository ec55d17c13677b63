import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { parse, stringify } from 'yaml'
import { parseLab } from '../../../domain/lab/file/parse-lab.ts'
import type { Inventory } from '../../../domain/lab/inventory.ts'
import { formatError } from '../../../domain/yaml/located-error.ts'
import { files, goodLab, lab } from './labs.ts'

// Hundreds of labs a test: on a host that is busy building, more than the usual seconds.
vi.setConfig({ testTimeout: 120_000 })

/** Each error has a place inside the text and one line of words. */
function checkErrors(text: string): void {
  const parsed = parseLab(text, 'x.yaml', files)
  if (parsed.ok) return
  const lines = text.split('\n').length
  expect(parsed.errors.length).toBeGreaterThan(0)
  for (const error of parsed.errors) {
    expect(error.line).toBeGreaterThanOrEqual(1)
    expect(error.line).toBeLessThanOrEqual(lines + 1)
    expect(error.column).toBeGreaterThanOrEqual(1)
    expect(formatError(error)).toMatch(/^x\.yaml:\d+:\d+: [^\n]+$/)
  }
}

test('any text is a lab or has located errors', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), checkErrors))
})

test('a lab from which any lines were deleted is a lab or has located errors', () => {
  const lines = goodLab.split('\n')
  for (const index of lines.keys()) checkErrors(lines.toSpliced(index, 1).join('\n'))
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(lines.length - 1), { maxLength: 6 }), (deleted) =>
      checkErrors(lines.filter((_line, index) => !deleted.includes(index)).join('\n')),
    ),
    { numRuns: 15 },
  )
})

test('a lab with any piece of YAML pushed into it is a lab or has located errors', () => {
  const words = `{ } [ ] , # " ' ~ &a *a <<: - ? : !x 0x1F __proto__: toString: here`.split(' ')
  const piece = fc.constantFrom('\n', '\t', ' ', '|\n', '---\n', ': ', '- ', ...words)
  const damage = fc.tuple(fc.nat(goodLab.length), fc.nat(12), fc.array(piece, { maxLength: 4 }))
  fc.assert(
    fc.property(fc.array(damage, { maxLength: 4 }), (damages) => {
      let text = goodLab
      for (const [at, drop, pieces] of damages) text = text.slice(0, at) + pieces.join('') + text.slice(at + drop)
      checkErrors(text)
    }),
    { numRuns: 15 },
  )
})

test('any value in the place of any part is a lab or has located errors', () => {
  // Every path of the good lab, by turns replaced by anything.
  const paths: (string | number)[][] = []
  const walk = (value: unknown, path: (string | number)[]): void => {
    if (path.length > 0) paths.push(path)
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) walk(inner, [...path, Array.isArray(value) ? Number(key) : key])
  }
  walk(parse(goodLab), [])
  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom({ toString: 'a' }, { constructor: [] }, '', 0, null, 'here', '{outlet}'),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom(...paths), anything), { minLength: 1, maxLength: 3 }), (changes) => {
      const value = parse(goodLab) as Record<string, unknown>
      for (const [path, changed] of changes) {
        let at: unknown = value
        for (const key of path.slice(0, -1)) at = (at as Record<string, unknown> | undefined)?.[key]
        if (typeof at === 'object' && at !== null) (at as Record<string, unknown>)[path.at(-1)!] = changed
      }
      checkErrors(stringify(value))
    }),
    { numRuns: 15 },
  )
})

/** A lab of places by any names, on consoles and outlets of their own. */
const labArbitrary = fc
  .record({
    places: fc.uniqueArray(fc.stringMatching(/^[A-Za-z][A-Za-z0-9._-]{0,8}$/), { minLength: 1, maxLength: 6 }),
    outlets: fc.uniqueArray(fc.integer({ min: 0, max: 99 }), { minLength: 6, maxLength: 6 }),
    tags: fc.array(fc.constantFrom('tpm', 'pcie', '4g', '1'), { maxLength: 1 }),
    prompt: fc.string({ minLength: 1, maxLength: 12 }),
    says: fc.constantFrom('U-Boot \\d+', '# yes', 'a: b', '"', "it's {x}"),
    firstByte: fc.constantFrom('500 ms', '1.5 s', '2 min'),
  })
  .map(({ places, outlets, tags, prompt, says, firstByte }) => ({
    hosts: { bench: { ssh: { address: 'b', user: 'u', 'host-key': `SHA256:${'x'.repeat(43)}` } } },
    pdus: { p: { snmp: { address: 'p', community: { env: 'P' }, profile: 'apc' } } },
    classes: {
      c: { kind: 'board', limits: { 'first-byte': firstByte }, loader: { 'u-boot': { prompt } } },
    },
    places: Object.fromEntries(
      places.map((name, index) => [
        name,
        {
          class: 'c',
          tags,
          host: index % 2 === 0 ? 'here' : 'bench',
          power: { pdu: 'p', outlet: outlets[index] },
          consoles: { uart0: { telnet: `c:${2000 + index}`, worlds: ['NS'] } },
          flash: { tftp: { folder: '/srv', server: '10.0.0.1' } },
          health: { says },
        },
      ]),
    ),
  }))

/** A lab without the places where its parts stand, which are another file's. */
function withoutPlaces(inventory: Inventory): unknown {
  return JSON.parse(JSON.stringify(inventory, (key, value: unknown) => (key === 'at' ? undefined : value)))
}

test('a lab means the same however it is printed: as blocks, on one line, as JSON, with anchors', () => {
  fc.assert(
    fc.property(labArbitrary, (value) => {
      const read = (text: string) => withoutPlaces(lab(text))
      const blocks = stringify(value, { aliasDuplicateObjects: false })
      const meant = read(blocks)
      expect(Object.keys(lab(blocks).places)).toEqual(Object.keys(value.places))
      expect(read(JSON.stringify(value))).toEqual(meant)
      expect(read(stringify(value, { collectionStyle: 'flow' }))).toEqual(meant)
      expect(read(stringify(value, { defaultStringType: 'QUOTE_DOUBLE', aliasDuplicateObjects: true }))).toEqual(meant)
      // What was read and printed again is read as it was.
      expect(read(stringify(parse(blocks)))).toEqual(meant)
    }),
    { numRuns: 15 },
  )
})
