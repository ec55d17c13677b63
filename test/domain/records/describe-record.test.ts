import { expect, it } from 'vitest'
import { describeRecord } from '../../../domain/records/describe-record.ts'
import type { RecordBody } from '../../../domain/records/record.ts'

const refused: RecordBody = {
  fact: 'ffa-call',
  name: 'FFA_ID_GET',
  at: 0.651715,
  request: ['0x84000069', '0x0', '0x0', '0x0', '0x0', '0x0', '0x0', '0x0'],
  response: ['0x84000060', '0x0', '0xfffffffffffffffe', '0x0', '0x0', '0x0', '0x0', '0x0'],
  status: 'INVALID_PARAMETERS',
  errno: -22,
}

it.each<[RecordBody, string]>([
  [refused, 'FFA_ID_GET at 0.651715 s: 0x84000069 -> 0x84000060 0x0 0xfffffffffffffffe: INVALID_PARAMETERS (-22)'],
  [
    { ...refused, response: ['0x84000061', '0x0'], status: 'SUCCESS', errno: 0 },
    'FFA_ID_GET at 0.651715 s: 0x84000069 -> 0x84000061: SUCCESS',
  ],
  [
    { ...refused, response: ['0x0', '0x0'], status: 'SUCCESS', errno: 0 },
    'FFA_ID_GET at 0.651715 s: 0x84000069 -> 0x0: SUCCESS',
  ],
  [{ fact: 'module', name: 'optee', rc: 0 }, 'module optee: done'],
  [{ fact: 'module', name: 'optee', rc: -2 }, 'module optee: errno -2'],
  [{ fact: 'file', path: '/proc/x', rc: 0, text: 'a\nb\n' }, '/proc/x: a | b'],
  [{ fact: 'file', path: '/proc/x', rc: -110, text: '' }, '/proc/x: errno -110'],
  [{ fact: 'list', path: '/sys', rc: 0, names: [] }, '/sys/: (empty)'],
  [{ fact: 'link', path: '/a', rc: 0, target: '../b' }, '/a -> ../b'],
  [{ fact: 'end', records: 7 }, 'end of 7 records'],
])('%j is told in one line', (body, line) => {
  expect(describeRecord(body)).toBe(line)
})
