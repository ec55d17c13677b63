/** Runs every command of README.md for real, and compares what it shows of a result with what came out. */
import { expect, test } from 'vitest'
import { runCommandsOf, useReader } from './commands.ts'
import { blocksOf } from './markdown.ts'

const said = runCommandsOf(['README.md'], useReader())

test('the result in README.md is what npm start prints, with lines left out', () => {
  const [, printedByStart] = [...said].find(([{ text }]) => text === 'npm start\n')!
  const [result] = blocksOf('README.md').filter(({ language }) => language === 'text')
  const printed = comparable(printedByStart)
  let from = 0
  for (const line of comparable(result!.text)) {
    if (line === '') continue
    const at = printed.indexOf(line, from)
    expect(at, `"${line}" does not come in this order in:\n${printed.join('\n')}`).toBeGreaterThanOrEqual(0)
    from = at + 1
  }
})

/** Lines without what differs from boot to boot and from compiler to compiler: times, line numbers, sizes of functions. */
function comparable(text: string): string[] {
  return text.split('\n').map((line) =>
    line
      .replaceAll(/\[ *\d+\.\d+\]|\b\d+\.\d{6}\b/g, 'TIME')
      .replaceAll(/\b(uart\d):\d+/g, '$1:LINE')
      .replaceAll(/\+0x[0-9a-f]+\/0x[0-9a-f]+/g, '+SIZE')
      .replaceAll(/\brecord \d+/g, 'record N'),
  )
}
