import { expect, it } from 'vitest'
import type { ConsoleLine } from '../../../domain/console/line.ts'
import { inContext } from '../../../domain/report/in-context.ts'

const log: ConsoleLine[] = Array.from({ length: 100 }, (_, index) => ({
  number: index + 1,
  offset: index,
  text: `line ${index + 1}`,
}))
const cite = (from: number, to: number, text = 'as cited') => ({
  kind: 'console' as const,
  console: 'uart0',
  from,
  to,
  text,
})

it('lines stand beside those that are cited, as far as there are any', () => {
  expect(inContext(cite(1, 2), log)).toEqual({
    kind: 'console',
    where: 'uart0:1-2',
    lines: [1, 2, 3, 4].map((number) => ({ number, text: `line ${number}`, cited: number <= 2 })),
  })
  expect(inContext(cite(100, 100), log).lines.map(({ number }) => number)).toEqual([98, 99, 100])
})

it('a long range is shortened in its middle, and says by how much', () => {
  const { lines } = inContext(cite(11, 90), log)
  expect(lines).toHaveLength(25)
  expect(lines[18]).toEqual({ text: '... 60 more lines ...', cited: false })
  expect(lines.at(-1)).toMatchObject({ number: 92, cited: false })
})

it('a line without an end is cut, and says so', () => {
  const [line] = inContext(cite(1, 1), [{ number: 1, offset: 0, text: 'x'.repeat(5000) }]).lines
  expect(line!.text).toBe(`${'x'.repeat(1000)} ... 4000 more characters`)
})

it.each([
  ['is not kept any longer', undefined],
  ['ends before them', log.slice(0, 5)],
])('where the console %s, the evidence speaks for itself', (_why, kept) => {
  expect(inContext(cite(50, 51, 'one\ntwo'), kept).lines).toEqual([
    { number: 50, text: 'one', cited: true },
    { number: 51, text: 'two', cited: true },
  ])
  // Its text was shortened: nobody knows which line is which.
  expect(inContext(cite(50, 60, 'one\n... 9 more lines ...\ntwo'), kept).lines.map(({ number }) => number)).toEqual([
    undefined,
    undefined,
    undefined,
  ])
})

it('what is no console is told by its own text', () => {
  expect(inContext({ kind: 'record', sequence: 7, text: 'a\nb' })).toEqual({
    kind: 'record',
    where: 'record 7',
    lines: [
      { text: 'a', cited: true },
      { text: 'b', cited: true },
    ],
  })
})
