import { describe, expect, test } from 'vitest'
import { placesFor, whyNoneFits, type Wish } from '../../../domain/lab/fitting.ts'
import { goodLab, lab } from './labs.ts'

const inventory = lab(goodLab)
const names = (wish: Wish) => placesFor(inventory, wish).map(({ name }) => name)

test('places fit by kind, class and tags, in the order of the file', () => {
  expect(names({ kind: 'board' })).toEqual(['rock-1', 'pi-1', 'pi-2', 'virt-1', 'virt-2', 'virt-3'])
  expect(names({ kind: 'fvp' })).toEqual(['model-1'])
  expect(names({ kind: 'board', class: 'pi' })).toEqual(['pi-1', 'pi-2'])
  expect(names({ kind: 'board', tags: ['tpm'] })).toEqual(['rock-1'])
  expect(names({ kind: 'board', class: 'rk3588', tags: ['pcie', 'tpm'] })).toEqual(['rock-1'])
  expect(whyNoneFits(inventory, { kind: 'board', class: 'rk3588', tags: ['pcie', 'tpm'] })).toBeUndefined()
  expect(names({ kind: 'board', class: 'pi', place: 'pi-2' })).toEqual(['pi-2'])
})

describe('one sentence says why none fits', () => {
  const more = lab(
    goodLab
      .replace('  pi-1:\n', '  pi-1:\n    tags: [nvme, tpm]\n')
      .replace('  pi-2:\n', '  pi-2:\n    tags: [wifi]\n'),
  )
  test.each<[string, Wish, string]>([
    [
      'a misspelt class',
      { kind: 'board', class: 'rk3568' },
      'The lab x has no class "rk3568" (did you mean "rk3588"?); of kind board it has rk3588, pi, qemu.',
    ],
    [
      'a class that there is not',
      { kind: 'board', class: 'imx8mp' },
      'The lab x has no class "imx8mp"; of kind board it has rk3588, pi, qemu.',
    ],
    [
      'a class that objects have',
      { kind: 'fvp', class: 'toString' },
      'The lab x has no class "toString"; of kind fvp it has base-revc.',
    ],
    [
      'a class of another kind',
      { kind: 'fvp', class: 'pi' },
      'The class "pi" of the lab x is of kind board, not fvp; of kind fvp it has base-revc.',
    ],
    [
      'a misspelt place',
      { kind: 'board', class: 'pi', place: 'pi-3' },
      'The lab x has no place "pi-3" (did you mean "pi-1"?); it has rock-1, pi-1, pi-2, virt-1, virt-2, virt-3, model-1.',
    ],
    [
      'a place of another class',
      { kind: 'board', class: 'pi', place: 'rock-1' },
      'The place rock-1 of the lab x is not of class pi, but of class rk3588.',
    ],
    [
      'a misspelt tag',
      { kind: 'board', class: 'pi', tags: ['nmve'] },
      'No place of class pi in the lab x has the tag "nmve" (did you mean "nvme"?); they have nvme, tpm, wifi.',
    ],
    [
      'a tag that another class has',
      { kind: 'board', class: 'pi', tags: ['pcie'] },
      'No place of class pi in the lab x has the tag "pcie"; they have nvme, tpm, wifi.',
    ],
    [
      'a tag where there are none',
      { kind: 'fvp', tags: ['tpm'] },
      'No place of kind fvp in the lab x has the tag "tpm"; they have no tags.',
    ],
    [
      'tags that no place has together',
      { kind: 'board', class: 'pi', tags: ['wifi', 'nvme', 'tpm'] },
      'No place of class pi in the lab x has all of the tags wifi, nvme, tpm: pi-1 lacks wifi.',
    ],
  ])('%s', (_what, wish, sentence) => {
    expect(placesFor(more, wish)).toEqual([])
    expect(whyNoneFits(more, wish)).toBe(sentence)
  })

  test('a class that no place is of, and a kind that no class is of', () => {
    const without = lab(goodLab.replace(/ {2}model-1:.*\n/, ''))
    expect(whyNoneFits(without, { kind: 'fvp', class: 'base-revc' })).toBe(
      'The lab x has no place of class base-revc; its places are of rk3588, pi, qemu.',
    )
    expect(whyNoneFits(without, { kind: 'fvp' })).toBe(
      'The lab x has no place of kind fvp; its places are of rk3588, pi, qemu.',
    )
    const boards = lab(goodLab.replace(/ {2}model-1:.*\n/, '').replace(/ {2}base-revc:.*\n/, ''))
    expect(whyNoneFits(boards, { kind: 'fvp', class: 'base-revc' })).toBe(
      'The lab x has no class "base-revc"; it has none of kind fvp, only rk3588 (board), pi (board), qemu (board).',
    )
  })
})
