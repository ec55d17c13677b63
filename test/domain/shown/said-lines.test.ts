import { describe, expect, it } from 'vitest'
import { readLines } from '../../../domain/console/line-reader.ts'
import { ConsoleReader } from '../../../domain/shown/console-reader.ts'
import { SaidLines } from '../../../domain/shown/said-lines.ts'
import { StageFollower } from '../../../domain/stage/stage-follower.ts'

const bytes = (lines: string[]): Uint8Array => new TextEncoder().encode(`${lines.join('\n')}\n`)
const kernel = [
  '[    0.000000] Booting Linux on physical CPU 0x0',
  '[    0.100000] ARM FF-A: Driver version 1.1',
  '[    0.200000] optee: probe failed -22',
]

/** What is read of a console beside the kernel's own log. */
function leftOf(lines: string[]) {
  const said = new SaidLines(readLines(bytes(kernel)))
  for (const [index, line] of readLines(bytes(lines)).entries()) said.look(index, line)
  const reader = new ConsoleReader('uart0', new StageFollower(), said)
  reader.push(bytes(lines))
  return reader.end()
}
const texts = (lines: string[]): string[] => leftOf(lines).lines.map(({ text }) => text)

describe('consoles beside the kernel’s own log', () => {
  it('lose what the kernel said, damaged or not, and keep other worlds and what came before and after', () => {
    const uart0 = [
      'NOTICE:  Booting Trusted Firmware',
      kernel[0]!,
      '[    0.100000] ARM FF-A: Driver version 9.1',
      'I/TC: a word of OP-TEE',
      'ptee: prbe failed -2',
      kernel[2]!,
      '[    0.300000] reboot: Power down',
    ]
    expect(texts(uart0)).toEqual([
      'NOTICE:  Booting Trusted Firmware',
      'I/TC: a word of OP-TEE',
      '[    0.300000] reboot: Power down',
    ])
    expect(leftOf(uart0).lines.map(({ number }) => number)).toEqual([1, 4, 7])
  })

  it('lose the first and the last line of the kernel where those came damaged', () => {
    const uart0 = [
      'Starting kernel ...',
      '0.000000] Booting Linux on physical CPU 0x0',
      kernel[1]!,
      '[    0.20000 optee: probe failed -22',
      '[    0.300000] reboot: Power down',
    ]
    expect(texts(uart0)).toEqual(['Starting kernel ...', '[    0.300000] reboot: Power down'])
  })

  it('on which the kernel did not speak keep all', () => {
    const uart1 = ['I/TC: OP-TEE version', 'D/TC: more']
    expect(texts(uart1)).toEqual(uart1)
  })
})
