/** Plans that expect something else than what the boots show: each such cell says so, and the run exits 1. */
import { beforeAll, expect, it } from 'vitest'
import { cellOf, endings, type RunDocument } from './documents.ts'
import type { Ended } from './command.ts'
import { useLab } from './lab.ts'
import { planLike } from './plans.ts'

const lab = useLab('verdicts')
const known = 'FF-A calls are refused under pKVM'
let ran: Ended
let document: RunDocument
beforeAll(async () => {
  const plan = await planLike(lab, 'wrong', (text) => {
    text.matrix = { mode: ['protected'] }
    text.expect = [
      { cells: { config: 'ffa=y' }, findings: { 'ffa.usable': 'pass' } },
      { cells: { config: 'ffa=m' }, known, findings: { 'ffa.usable': { outcome: 'fail', errno: -22 } } },
    ]
  })
  ran = await lab.hyplab('run', plan, '--json')
  document = JSON.parse(ran.stdout) as RunDocument
})

it('exits 1', () => {
  expect(ran.code).toBe(1)
  expect(document.run).toMatchObject({ state: 'finished', exitCode: 1 })
})

it('fails the cell whose bug the plan does not know, with the finding that broke', () => {
  const cell = cellOf(document, { config: 'ffa=y' })
  expect(cell.verdict).toMatchObject({ verdict: 'fail', because: [{ attempt: 1, finding: 'ffa.usable' }] })
  expect(cell.verdict!.sentence).toMatch(/INVALID_PARAMETERS/)
})

it('says of the known bug that did not show that it may be fixed', () => {
  const cell = cellOf(document, { config: 'ffa=m' })
  expect(cell.verdict).toMatchObject({ verdict: 'fixed' })
  expect(cell.verdict!.sentence).toContain(known)
  expect(document.run.summary).toMatch(/known bug did not show/)
})

it('boots no cell again for a verdict that somebody may not like', () => {
  for (const cell of document.cells) expect(endings(cell)).toEqual(['finished'])
})
