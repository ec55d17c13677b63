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
  [{ fact: 'file', path: '/s/x', rc: 0, text: '\u0000\u0003ab' }, '/s/x: 4 bytes'],
  [
    { fact: 'file', path: '/s/x', rc: 0, text: 'line\n'.repeat(200) },
    `/s/x: ${'line | '.repeat(200).slice(0, 400)} ... (1000 bytes)`,
  ],
  [
    { ...refused, about: 'NPI', response: ['0x84000061', '0x0'], status: 'SUCCESS', errno: 0 },
    'FFA_ID_GET (NPI) at 0.651715 s: 0x84000069 -> 0x84000061: SUCCESS',
  ],
  [
    { fact: 'ffa-driver', op: 'memory_share', about: 'u', at: 1, errno: -22, value: '0x0' },
    "the driver's memory_share (u) at 1.000000 s: errno -22",
  ],
  [
    { fact: 'ffa-driver', op: 'api_version_get', about: '', at: 1, errno: 0, value: '0x10002' },
    "the driver's api_version_get at 1.000000 s: 0x10002",
  ],
  [
    { fact: 'ffa-partition', device: 'arm-ffa-1', id: 0x8001, uuid: 'u', properties: 0x301 },
    'arm-ffa-1: partition 0x8001 u, properties 0x301',
  ],
  [
    {
      fact: 'tpm-command',
      device: '/dev/tpm0',
      command: 'TPM2_GetRandom',
      at: 2,
      took: 0.0042,
      rc: 0,
      request: '80',
      response: '8001',
    },
    'TPM2_GetRandom to /dev/tpm0 at 2.000000 s: 80 -> 8001, in 0.004 s',
  ],
  [
    { fact: 'efi-variable', when: 'before-modules', step: 'list', name: '', at: 2, took: 0.1, rc: 0, count: 19 },
    'EFI variables before-modules: list at 2.000000 s: done, 19 variables, in 0.100 s',
  ],
  [
    { fact: 'efi-variable', when: 'after-modules', step: 'write', name: 'A-b', at: 2, took: 0.1, rc: -22 },
    'EFI variables after-modules: write A-b at 2.000000 s: errno -22, in 0.100 s',
  ],
  [{ fact: 'end', records: 7 }, 'end of 7 records'],
])('%j is told in one line', (body, line) => {
  expect(describeRecord(body)).toBe(line)
})
