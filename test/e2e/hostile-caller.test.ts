/** The hostile caller of plans/hostile.yaml, with the seeds that stand there, against each partition of the full stacks. */
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, it } from 'vitest'
import { findingOf, type RunDocument } from './documents.ts'
import { useLab } from './lab.ts'

const lab = useLab('hostile-caller')
let document: RunDocument
beforeAll(async () => {
  document = await lab.json<RunDocument>('run', fileURLToPath(new URL('../../plans/hostile.yaml', import.meta.url)))
})

it('is survived by each partition of both stacks, with and without pKVM', () => {
  const outcomes = document.cells.map(({ attempts }) => {
    const { outcome, facts } = findingOf(attempts[0], 'partition.survives')
    return [outcome, facts['guard'], Number(facts['calls']) > 1000, facts['seed']]
  })
  const survived = (seed: string) => ['pass', 'intact', true, seed]
  expect(outcomes).toHaveLength(4)
  for (const seed of ['24301', '24302']) {
    expect(outcomes.filter((outcome) => outcome.at(-1) === seed)).toEqual([survived(seed), survived(seed)])
  }
})

it('is refused: each partition gives errors, and gives a caller who asks in the wrong way one, too', () => {
  for (const { id, attempts } of document.cells) {
    const { refused } = findingOf(attempts[0], 'partition.survives').facts
    expect(Number(refused), id).toBeGreaterThan(100)
  }
  // No partition of `full` takes the second kind of direct request.
  const asked = document.cells.find(({ axes }) => axes['stack'] === 'full' && axes['mode'] === 'nvhe')!.attempts[0]
  expect(findingOf(asked, 'ffa.direct-message-2').facts).toMatchObject({
    status: 'NOT_SUPPORTED',
    errno: -95,
    cause: 'refused-by-spmc',
  })
})

it('leaves drivers and firmware as they were', () => {
  expect(document.cells.map(({ verdict }) => verdict?.verdict)).toEqual(['pass', 'pass', 'pass', 'pass'])
})
