import { describe, expect, it } from 'vitest'
import { readLines } from '../../../domain/console/line-reader.ts'
import type { ConsoleLog } from '../../../domain/console/line.ts'
import { kernelLogName, withKernelLog } from '../../../domain/console/with-kernel-log.ts'

const log = (console: string, lines: string[]): ConsoleLog => ({
  console,
  lines: readLines(new TextEncoder().encode(`${lines.join('\n')}\n`)),
})
const kernel = [
  '[    0.000000] Booting Linux on physical CPU 0x0',
  '[    0.100000] ARM FF-A: Driver version 1.1',
  '[    0.200000] optee: probe failed -22',
]
const texts = ({ lines }: ConsoleLog): string[] => lines.map(({ text }) => text)

describe('consoles beside the kernel’s own log', () => {
  it('are as they came where there is none', () => {
    const consoles = [log('uart0', kernel)]
    expect(withKernelLog(consoles)).toBe(consoles)
  })

  it('lose what the kernel said, damaged or not, and keep other worlds and what came before and after', () => {
    const uart0 = log('uart0', [
      'NOTICE:  Booting Trusted Firmware',
      kernel[0]!,
      '[    0.100000] ARM FF-A: Driver version 9.1',
      'I/TC: a word of OP-TEE',
      'ptee: prbe failed -2',
      kernel[2]!,
      '[    0.300000] reboot: Power down',
    ])
    const [left, whole] = withKernelLog([uart0, log(kernelLogName, kernel)])
    expect(texts(left!)).toEqual([
      'NOTICE:  Booting Trusted Firmware',
      'I/TC: a word of OP-TEE',
      '[    0.300000] reboot: Power down',
    ])
    expect(left!.lines.map(({ number }) => number)).toEqual([1, 4, 7])
    expect(texts(whole!)).toEqual(kernel)
  })

  it('lose the first and the last line of the kernel where those came damaged', () => {
    const uart0 = log('uart0', [
      'Starting kernel ...',
      '0.000000] Booting Linux on physical CPU 0x0',
      kernel[1]!,
      '[    0.20000 optee: probe failed -22',
      '[    0.300000] reboot: Power down',
    ])
    expect(texts(withKernelLog([uart0, log(kernelLogName, kernel)])[0]!)).toEqual([
      'Starting kernel ...',
      '[    0.300000] reboot: Power down',
    ])
  })

  it('on which the kernel did not speak keep all', () => {
    const uart1 = log('uart1', ['I/TC: OP-TEE version', 'D/TC: more'])
    expect(withKernelLog([uart1, log(kernelLogName, kernel)])[0]).toEqual(uart1)
  })
})
