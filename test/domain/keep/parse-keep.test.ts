import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { parse } from 'yaml'
import { defaultRules } from '../../../domain/keep/keep-rules.ts'
import { keepJsonSchema, parseKeep } from '../../../domain/keep/parse-keep.ts'
import { parseRoom, roomInWords } from '../../../domain/keep/quantities.ts'
import { blocksOf } from '../../docs/markdown.ts'
import { brokenKeep } from './broken-keep.ts'
import { formatError } from '../../../domain/yaml/located-error.ts'

const day = 24 * 3600_000

it.each(['', '# all of it commented out\n', '{}', 'logs: {}'])(
  'a file that says nothing (%j) changes nothing',
  (text) => {
    expect(parseKeep(text, 'keep.yaml')).toEqual({ ok: true, rules: defaultRules })
  },
)

it('what a file says holds, and the rest is as it is by itself', () => {
  const text = [
    'logs: { passed: 1 week }',
    'records: { failed: 2 years }',
    'images: 36 hours',
    'budget: 50 GB',
    'floor: 512 MiB',
    'cache: 1.5 TB',
    'collect: by hand',
  ].join('\n')
  expect(parseKeep(text, 'keep.yaml')).toEqual({
    ok: true,
    rules: {
      logs: { passed: { age: 7 * day, words: '1 week' }, failed: defaultRules.logs.failed },
      records: { passed: defaultRules.records.passed, failed: { age: 730 * day, words: '2 years' } },
      images: { age: 1.5 * day, words: '36 hours' },
      budget: 50e9,
      floor: 512 * 2 ** 20,
      cache: 1.5e12,
      collect: 'by hand',
    },
  })
})

it.each(brokenKeep)('%s is a mistake with its place and a way out', (_what, text, says) => {
  const parsed = parseKeep(text, 'keep.yaml')
  expect(parsed.ok ? [] : parsed.errors.map(formatError)).toEqual([says].flat().map((line) => `keep.yaml:${line}`))
})

it('the rules in docs/running-a-lab.md are right', () => {
  const { text } = blocksOf('docs/running-a-lab.md').find((block) => block.text.startsWith('# keep.yaml'))!
  expect(parseKeep(text, 'keep.yaml')).toMatchObject({
    ok: true,
    rules: { logs: { failed: { words: '2 years' } }, budget: 50e9, collect: 'by hand' },
  })
})

it('the schema for editors is the one that hyplab reads by', () => {
  const schema = JSON.parse(readFileSync('labs/keep.schema.json', 'utf8')) as Parameters<typeof z.fromJSONSchema>[0]
  expect(schema).toEqual(keepJsonSchema())
  expect(z.fromJSONSchema(schema).safeParse(parse('budget: 50 GB\nlogs: { passed: 1 week }')).success).toBe(true)
  expect(z.fromJSONSchema(schema).safeParse(parse('budget: fifty')).success).toBe(false)
})

it.each([
  [999, '999 B'],
  [1500, '1.5 kB'],
  [999_950, '1 MB'],
  [52_428_800, '52 MB'],
  [1e9, '1 GB'],
  [1.44e12, '1.4 TB'],
])('%d bytes are %s', (bytes, words) => expect(roomInWords(bytes)).toBe(words))

it('sizes are read as they are written', () => {
  expect(parseRoom('1.5GiB')).toBe(1.5 * 2 ** 30)
  expect(parseRoom('250 MB')).toBe(250e6)
})
