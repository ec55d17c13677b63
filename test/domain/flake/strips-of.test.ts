import { expect, it } from 'vitest'
import { drawStrips } from '../../../domain/flake/draw-strips.ts'
import { flakesOf } from '../../../domain/flake/flakes-of.ts'
import type { Sample } from '../../../domain/flake/sample.ts'
import { stripsOf } from '../../../domain/flake/strips-of.ts'

const sample = (number: number, outcome: 'pass' | 'fail', ending: Sample['ending'] = 'finished'): Sample => ({
  attempt: `${number}.1.1`,
  plan: 'p',
  cell: 'linux/<b>',
  at: number * 1000,
  ending,
  made: {},
  findings: [
    { id: 'cause', outcome },
    { id: 'consequence', outcome, ...(outcome === 'fail' && { because: 'cause' }) },
  ],
})
const samples = [sample(3, 'pass'), sample(1, 'pass'), sample(2, 'fail'), sample(4, 'fail', 'infra')]

it('a strip is of a cause, its attempts oldest first, with what the lab broke among them', () => {
  expect(stripsOf(flakesOf(samples), samples)).toMatchObject([
    {
      cell: 'linux/<b>',
      finding: 'cause',
      failed: { happened: 1, of: 3 },
      boxes: [
        { attempt: '1.1.1', at: 1000, said: 'pass' },
        { attempt: '2.1.1', at: 2000, said: 'fail' },
        { attempt: '3.1.1', at: 3000, said: 'pass' },
        { attempt: '4.1.1', at: 4000, said: 'infra' },
      ],
    },
  ])
})

it('the picture has a box for each attempt, and names are escaped', () => {
  const svg = drawStrips(stripsOf(flakesOf(samples), samples), 'What is not steady')
  expect(svg.match(/<rect x=/g)).toHaveLength(4)
  expect(svg).toContain('cause  linux/&lt;b&gt;')
  expect(svg).toContain('<title>2.1.1, 1970-01-01T00:00Z: fail</title>')
})
