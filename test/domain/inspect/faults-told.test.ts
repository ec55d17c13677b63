import { describe, expect, it } from 'vitest'
import { inspectLog, readLog } from './read.ts'

const at = (seconds: number, message: string): string => `[${seconds.toFixed(6).padStart(12)}] ${message}\n`
const usb = (count: number): string => Array.from({ length: count }, (_, n) => at(n, `usb 1-1: thing ${n}`)).join('')
const init = at(60, 'Run /sbin/init as init process')
const panic = 'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n'
const titles = (text: string): string[] => inspectLog(text).faults.map(({ title }) => title)
const noRoot = ['no root file system: VFS: Unable to mount root fs on unknown-block(0,0)']

describe('what a program or a person writes of a fault', () => {
  it.each([
    ['after many lines with stamps', `${usb(20)}BUG: the frobnicator is off\n`],
    ['after init was started with a stamp', `${init}root@h:~# cat README\n${panic}If you see this, add root=.\n`],
    ['in syslog', `${usb(1)}<14>${at(2, 'BUG: 3 leaks')}`],
    ['in a test, of no kernel', 'test_foo.py ..F\nBUG: assertion\nE   AssertionError\n'],
    ['of a firmware', 'U-Boot 2025.01 (Jan 01 2025)\nBUG: failure at fs/fat/fat.c:12/f()!\n'],
  ])('is no fault of the kernel: %s', (_name, text) => {
    expect(inspectLog(text).faults).toEqual([])
  })

  it('does not tell that there is a kernel, nor that it ended', () => {
    expect(readLog('test_foo.py ..F\nBUG: assertion\n').boots[0]).toMatchObject({ known: false, stage: 'unknown' })
    expect(inspectLog(`${init}cat README\n${panic}root@h:~# \n`).stage).toBe('userspace')
  })

  it('is not shown either where a fault of the kernel comes near', () => {
    const text = usb(20) + at(30, panic.trim()) + 'BUG: 3 leaks\n'
    expect(titles(text)).toEqual(noRoot)
    expect(inspectLog(text).faults[0]?.text).not.toContain('leaks')
  })
})

describe('a fault of the kernel without a stamp', () => {
  it.each([
    ['of a kernel that has none', `Linux version 6.1.0 (a@b)\n${panic}`],
    ['in lines that somebody quotes', panic],
    ['in a journal', usb(20) + `Jan  1 00:00:00 h kernel: ${panic}`],
    ['after few lines with stamps', usb(3) + panic],
    ['whose stamp was torn off', usb(20) + '[   30.000000] \n' + panic],
    ['whose stamp was torn off, in a line of firmware', usb(20) + 'NOTICE:  BL31: [   30.000000]\n' + panic],
    ['amid garbage', usb(20) + '\x01\x02' + panic],
  ])('is one: %s', (_name, text) => {
    expect(titles(text)).toEqual(noRoot)
  })

  it.each([
    ['by its call trace', 'BUG: something new\nCall Trace:\n f+0x1/0x2\n'],
    ['by its registers', 'BUG: something new\nRIP: 0010:f+0x1/0x2\n'],
    ['by another line of the kernel', 'BUG: something new\nKernel command line: quiet\n'],
    ['by its tag', 'Jan  1 00:00:00 h kernel: BUG: something new\n'],
    ['by its stamp', at(1, 'BUG: something new')],
  ])('is one that only calls itself a bug: %s', (_name, text) => {
    expect(titles(text)).toEqual([expect.stringMatching(/^BUG: something new/)])
  })

  it('is what firmware says, which never has one', () => {
    const text = usb(20) + "E/TC:0 0 Panic 'unhandled' at core/arch/arm/kernel/abort.c:583 <abort_handler>\n"
    expect(inspectLog(text).faults).toMatchObject([{ where: 'firmware' }])
  })
})
