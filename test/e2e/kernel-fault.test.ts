/** A kernel that breaks is a result: it is kept with its last words and never tried again. */
import { beforeAll, expect, it } from 'vitest'
import { endings, findingOf, type CellDocument, type RunDocument } from './documents.ts'
import { useLab } from './lab.ts'
import { onlyBugCell } from './new-kernel.ts'
import { planLike } from './plans.ts'

const lab = useLab('kernel-fault')
let document: RunDocument
let cell: CellDocument
beforeAll(async () => {
  const plan = await planLike(lab, 'no-init', (text) => {
    onlyBugCell(text)
    // Without an init that can be run the kernel looks for a root file system, and there is no block layer at all.
    text.cmdline += ' rdinit=/there-is-none'
    text.attempts = { count: 2, infra: 2 }
  })
  document = await lab.json<RunDocument>('run', plan)
  cell = document.cells[0]!
})

it('ends as a kernel fault, with the lines of the panic as evidence', () => {
  const fault = findingOf(cell.attempts[0], 'fault.kernel')
  expect(fault).toMatchObject({ outcome: 'fail', facts: { panic: true } })
  expect(fault.evidence.map(({ text }) => text).join('\n')).toMatch(/Kernel panic - not syncing: /)
  expect(cell.attempts[0]!.end!.sentence).toBe(fault.sentence)
})

it('fails the cell and the run', () => {
  expect(cell.verdict?.verdict).toBe('fail')
  expect(document.run).toMatchObject({ state: 'finished', exitCode: 1 })
})

it('is never tried again in the hope of something better: it counts', () => {
  expect(endings(cell)).toEqual(['kernel-fault', 'kernel-fault'])
})
