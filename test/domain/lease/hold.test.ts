import { expect, test } from 'vitest'
import { heldAfter, holdReason } from '../../../domain/lease/hold.ts'

test('a board that is kept after an attempt is known by why it is kept', () => {
  expect(heldAfter(holdReason('12.3.1', 'linux-6.18.5/ffa=y/vendor/nvhe/board'))).toBe('12.3.1')
})

test.each(['a bisect', 'attempt 12.3.1', 'kept after attempt 12.3 of x', 'was kept after attempt 12.3.1 of x', ''])(
  'what a person reserves a board for is no such reason: %s',
  (why) => expect(heldAfter(why)).toBeUndefined(),
)
