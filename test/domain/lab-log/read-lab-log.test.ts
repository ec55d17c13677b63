import { expect, test } from 'vitest'
import { describeFact } from '../../../domain/lab-log/describe-fact.ts'
import { readLabLog } from '../../../domain/lab-log/read-lab-log.ts'

const fact = (told: string, says: string): string =>
  JSON.stringify({ at: 1_800_000_000_000, about: 'power', by: 'outlet 3 of pdu1', told, says, words: '' })

test('a fact has the number of its line, also behind lines that are none', () => {
  const log = ['{"about":"power"}', fact('off', 'off'), '[]', 'x', fact('on', 'on'), fact('off', 'off').slice(0, 40)]
  expect(readLabLog(log.join('\n')).map(({ entry, about }) => [entry, about])).toEqual([
    [2, 'power'],
    [5, 'power'],
  ])
  expect(readLabLog('')).toEqual([])
})

test.each([
  ['on', 'on', 'outlet 3 of pdu1 was told on and says on'],
  ['off', 'unread', 'outlet 3 of pdu1 was told off and cannot be asked'],
  ['on', 'broken', 'outlet 3 of pdu1 could not be switched on'],
  ['nothing', 'off', 'outlet 3 of pdu1 says off'],
  ['nothing', 'broken', 'outlet 3 of pdu1 could not be asked'],
])('an outlet that was told %s and is %s is described', (told, says, described) => {
  expect(readLabLog(fact(told, says)).map(describeFact)).toEqual([described])
})
