/** What GNU patch 2.7.6 prints, with LC_ALL=C. */
import { expect, it } from 'vitest'
import { failedHunk, movedHunks, movedInWords } from '../../../domain/patches/patch-output.ts'

it.each([
  ['patching file a.c\n', ''],
  ['patching file a.c\nHunk #1 succeeded at 25 (offset 3 lines).\n', 'p: hunk 1 of a.c applies 3 lines further down.'],
  [
    "patching file 'a b.c'\nHunk #2 succeeded at 5 (offset -1 lines).\n",
    'p: hunk 2 of a b.c applies 1 line further up.',
  ],
  [
    'patching file n.c (renamed from o.c)\nHunk #1 succeeded at 2 (offset 1 line).\n',
    'p: hunk 1 of n.c applies 1 line further down.',
  ],
  ['patching file a.c\nHunk #1 succeeded at 24 with fuzz 2.\n', 'p: hunk 1 of a.c applies where it says with fuzz 2.'],
  [
    'patching file a.c\nHunk #1 succeeded at 2 with fuzz 1 (offset 1 line).\nHunk #2 succeeded at 9 (offset 1 line).\npatching file b.c\nHunk #1 succeeded at 9 (offset 4 lines).\nHunk #2 succeeded at 19 (offset 4 lines).\n',
    'p: hunk 1 of a.c applies 1 line further down with fuzz 1, hunk 2 of a.c applies 1 line further down, hunk 1 of b.c applies 4 lines further down, and 1 more.',
  ],
])('%j', (output, words) => {
  const moved = movedHunks(output)
  expect(moved.length === 0 ? '' : movedInWords('p', moved)).toBe(words)
})

it('the hunk that fails is the one of the file that was patched last', () => {
  const output =
    'patching file a.c\nHunk #1 succeeded at 3 (offset 1 line).\npatching file b.c\nHunk #2 FAILED at 16.\n1 out of 2 hunks FAILED\n'
  expect(failedHunk(output)).toEqual({ file: 'b.c', hunk: 2, line: 16 })
  expect(failedHunk('patching file a.c\n')).toBeUndefined()
})
