import { expect, test } from 'vitest'
import { readLines } from '../../../domain/console/line-reader.ts'
import { drawStory } from '../../../domain/timeline/draw-story.ts'
import { excerptOf } from '../../../domain/timeline/excerpt.ts'
import { tellStory } from '../../../domain/timeline/tell-story.ts'
import { findingOf, labOf, shownOf } from '../probes/showing.ts'

const outlet = { about: 'power', by: 'outlet 3 of pdu1', words: '' } as const
const lab = labOf({ ...outlet, told: 'on', says: 'on' }, { ...outlet, told: 'off', says: 'off' })
const start = lab.facts[0]!.at
const log = { console: 'uart0', lines: readLines(Buffer.from('NOTICE:  Booting Trusted Firmware\n')) }
const story = tellStory({
  consoles: [{ log, times: [{ offset: 0, at: start + 500 }] }],
  records: [],
  smc: [],
  lab: lab.facts,
  findings: [findingOf(shownOf({ lab, records: [] }), 'lab.power')],
})

test('what the lab did stands between the lines of the boot, marked with the findings that rest on it', () => {
  const told = story.moments.filter(({ source }) => source !== 'stage')
  expect(told.map(({ place, findings }) => [place, findings])).toEqual([
    ['lab 1', ['lab.power']],
    ['uart0:1', []],
    ['lab 2', ['lab.power']],
  ])
})

test('time counts from the first byte, and not from what the lab did before', () => {
  expect(story.began).toBe(start + 500)
})

test('what the lab did is in the picture', () => {
  const svg = drawStory(story, excerptOf(story, { key: true, context: 0 }), 'a board')
  expect(svg).toContain('outlet 3 of pdu1 was told on and says on')
})
