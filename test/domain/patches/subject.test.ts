import { expect, it } from 'vitest'
import { readSubject, type Subject } from '../../../domain/patches/subject.ts'

const plain = { reply: false, tagged: true, version: 1, title: 'x: y' }

it.each<[text: string, subject: Subject]>([
  ['[PATCH] x: y', plain],
  ['[PATCH 2/5] x: y', { ...plain, number: 2, of: 5 }],
  ['[PATCH v2 0/3] x: y', { ...plain, version: 2, number: 0, of: 3 }],
  ['[PATCHv3 01/10] x: y', { ...plain, version: 3, number: 1, of: 10 }],
  ['[RFC PATCH net-next V4 1/2] x: y', { ...plain, version: 4, number: 1, of: 2 }],
  ['[v2,1/3] x: y', { ...plain, version: 2, number: 1, of: 3 }],
  ['[RFC] x: y', plain],
  ['[PATCH 6.1.y] [media] x: y', plain],
  ['[PATCH\n 1/2]\n x:\n y', { ...plain, number: 1, of: 2 }],
  ['Re: [PATCH v2 1/1] x: y', { ...plain, reply: true, version: 2, number: 1, of: 1 }],
  ['Re: Re: [PATCH] x: y', { ...plain, reply: true }],
  ['AW: [PATCH] x: y', { ...plain, reply: true }],
  ['Fwd: [PATCH] x: y', { ...plain, reply: true }],
  ['回复: [PATCH] x: y', { ...plain, reply: true }],
  ['Re: x: y', { ...plain, tagged: false, reply: true }],
  ['arm: x: y', { ...plain, tagged: false, title: 'arm: x: y' }],
  ['[GIT PULL] x: y', { ...plain, tagged: false }],
  ['', { ...plain, tagged: false, title: '' }],
])('%s', (text, subject) => {
  expect(readSubject(text)).toEqual(subject)
})
