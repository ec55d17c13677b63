import { expect, test } from 'vitest'
import type { Target } from '../../domain/target.ts'
import { firmwareFor, keptToReproduce } from '../../targets/adapters.ts'

const fvp: Target = { kind: 'fvp', name: 'model', class: 'base-revc', tags: [] }

test('a model takes all of its stack, under names that no other file of an attempt has', () => {
  const taken = Object.values(firmwareFor(fvp, ['bl1.bin', 'fvp.dtb', 'model.json', 'Image', 'machine.json']))
  expect(taken).toEqual([
    'firmware/bl1.bin',
    'firmware/fvp.dtb',
    'firmware/model.json',
    'firmware/Image',
    'firmware/machine.json',
  ])
  expect(keptToReproduce(fvp, []).filter((name) => taken.includes(name))).toEqual([])
})
