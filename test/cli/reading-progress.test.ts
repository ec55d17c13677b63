import { expect, it } from 'vitest'
import { readingProgress } from '../../cli/show/reading-progress.ts'

/** What a terminal gets when a file is read at these times, in seconds, a hundred megabytes each time. */
function written(seconds: number[], { isTTY = true, columns = 80, TERM = 'xterm' } = {}): string {
  let text = ''
  let clock = 0
  const to = { isTTY, columns, write: (chunk: string) => (text += chunk) }
  const progress = readingProgress(to, { TERM }, () => clock)
  for (const [index, at] of seconds.entries()) {
    clock = at * 1000
    progress.read('boot.log.gz', (index + 1) * 100e6)
  }
  progress.end()
  return text
}

it('says nothing of what is read within a second', () => expect(written([0.2, 0.9])).toBe(''))

it('says twice a second how far it is, and takes the line away', () => {
  expect(written([0.5, 1.1, 1.2, 1.6])).toBe('\r\x1b[Kboot.log.gz: 200 MB read\r\x1b[Kboot.log.gz: 400 MB read\r\x1b[K')
})

it('leaves the name out where there is no room for it', () => {
  expect(written([2], { columns: 20 })).toBe('\r\x1b[K100 MB read\r\x1b[K')
})

it.each([{ isTTY: false }, { TERM: 'dumb' }])('says nothing where a line cannot change: %j', (terminal) => {
  expect(written([2, 4], terminal)).toBe('')
})
