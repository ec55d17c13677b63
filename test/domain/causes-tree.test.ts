import fc from 'fast-check'
import { expect, it } from 'vitest'
import { causesTree, consequencesOf, type Branch } from '../../domain/causes-tree.ts'
import type { Finding } from '../../domain/finding.ts'

const finding = (id: string, because?: string): Finding => ({
  id,
  outcome: 'fail',
  sentence: '',
  evidence: [],
  facts: {},
  ...(because === undefined ? {} : { because }),
})
const shape = (branches: Branch[]): unknown[] =>
  branches.map(({ finding: { id }, consequences }) => (consequences.length > 0 ? [id, shape(consequences)] : id))

it('puts consequences below their cause, causes in the order given', () => {
  const tree = causesTree([finding('c', 'b'), finding('x'), finding('a'), finding('b', 'a'), finding('d', 'a')])
  expect(shape(tree)).toEqual(['x', ['a', [['b', ['c']], 'd']]])
  expect(tree.map(consequencesOf)).toEqual([0, 3])
})

it('loses nothing, whatever is said to follow from what', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  const some = fc.record({ id, because: fc.option(id, { nil: undefined }) })
  fc.assert(
    fc.property(fc.uniqueArray(some, { selector: (each) => each.id }), (given) => {
      const tree = causesTree(given.map((each) => finding(each.id, each.because)))
      const all = (branches: Branch[]): string[] =>
        branches.flatMap((branch) => [branch.finding.id, ...all(branch.consequences)])
      expect(all(tree).toSorted()).toEqual(given.map((each) => each.id).toSorted())
    }),
  )
})
