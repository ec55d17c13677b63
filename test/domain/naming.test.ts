import { expect, it } from 'vitest'
import { keyword, summary, workflowIds } from '../../domain/naming.ts'

const long = 'n'.repeat(5_000)

it('names a run after its plan, and after a plan of any length within what a server takes', () => {
  expect(workflowIds.run('lab', 'first-look', '1a2b')).toBe('lab-run-first-look-1a2b')
  const id = workflowIds.run('lab', long, '1a2b')
  expect(id).toMatch(/^lab-run-n+-1a2b$/)
  // With all that is put behind it for a cell, its attempts and what is kept of them.
  expect(id.length).toBeLessThan(200)
})

it('has a summary and a keyword of a text of any length', () => {
  expect(summary('run 1 of first-look')).toBe('run 1 of first-look')
  expect(new TextEncoder().encode(summary(`run 1 of ${'ü'.repeat(5_000)}`)).length).toBeLessThanOrEqual(400)
  expect(keyword(long).length).toBe(255)
})
