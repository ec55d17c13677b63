import { describe, expect, it } from 'vitest'
import { joinParts } from '../../../domain/records/join-parts.ts'
import type { TargetRecord } from '../../../domain/records/record.ts'

const file = (sequence: number, part: number, parts: number, text: string, path = '/a'): TargetRecord => ({
  sequence,
  body: { fact: 'file', path, rc: 0, text, part, parts },
})
const mount: TargetRecord = { sequence: 1, body: { fact: 'mount', what: 'proc', rc: 0 } }

describe('joinParts', () => {
  it('joins the parts of a long file and leaves the rest alone', () => {
    expect(joinParts([mount, file(2, 1, 2, 'ab'), file(3, 2, 2, 'c'), file(4, 1, 1, 'x', '/b')])).toEqual([
      mount,
      { sequence: 2, body: { fact: 'file', path: '/a', rc: 0, text: 'abc' } },
      { sequence: 4, body: { fact: 'file', path: '/b', rc: 0, text: 'x' } },
    ])
  })

  it('joins the parts of a long list and keeps the error', () => {
    const list = (sequence: number, part: number, rc: number, names: string[]): TargetRecord => ({
      sequence,
      body: { fact: 'list', path: '/d', rc, names, part, parts: 2 },
    })
    expect(joinParts([list(1, 1, 0, ['a', 'b']), list(2, 2, -5, ['c'])])).toEqual([
      { sequence: 1, body: { fact: 'list', path: '/d', rc: -5, names: ['a', 'b', 'c'] } },
    ])
  })

  it.each([
    ['the last part is missing', [file(2, 1, 2, 'ab'), { ...mount, sequence: 3 }]],
    ['the first part is missing', [file(3, 2, 2, 'c')]],
    ['a middle part is missing', [file(2, 1, 3, 'ab'), file(4, 3, 3, 'c')]],
    ['the same file was read twice, once in part', [file(2, 1, 2, 'ab'), file(3, 1, 2, 'ab')]],
  ])('leaves parts as they are when %s', (_, records) => {
    expect(joinParts(records)).toEqual(records)
  })
})
