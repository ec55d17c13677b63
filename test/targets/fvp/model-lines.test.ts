import { expect, test } from 'vitest'
import { announcedIn, Lines } from '../../../targets/fvp/ports.ts'
import { limitReached, readStatistics } from '../../../targets/fvp/statistics.ts'

test.each([
  ['terminal_0: Listening for serial connection on port 5000', { name: 'terminal_0', port: 5000 }],
  ['telnetterminal5: Listening for serial connection on port 5003', { name: 'telnetterminal5', port: 5003 }],
  ['Info: RD_ASD: terminal_uart: Listening for serial connection on port 5001', { name: 'terminal_uart', port: 5001 }],
  [
    'Info: X: telnetterminal5: Listening for serial connection on port 40001 ',
    { name: 'telnetterminal5', port: 40001 },
  ],
  ['terminal_ns_uart_ap: Listening for serial connection on port 5002', { name: 'terminal_ns_uart_ap', port: 5002 }],
  ['css.soc.terminal_s0: Listening for serial connection on port 5002', { name: 'terminal_s0', port: 5002 }],
])('a terminal is announced by the tail of a line: %s', (line, announced) => {
  expect(announcedIn(line)).toEqual(announced)
})

test.each([
  'Iris server started listening to port 7101',
  'CADI server started listening to port 7000',
  'terminal_0: Listening for serial connection on port',
  'terminal_0: Listening for serial connection on port 70000',
  'terminal_0: Listening for serial connection on port 5000, said the guest',
  '',
])('no terminal is announced by: %s', (line) => {
  expect(announcedIn(line)).toBeUndefined()
})

test('lines are whole whatever the chunks are', () => {
  const text = 'terminal_0: one\r\n\nterminal_1: two\nrest'
  for (let size = 1; size <= text.length; size++) {
    const lines = new Lines()
    const found: string[] = []
    for (let at = 0; at < text.length; at += size) found.push(...lines.feed(text.slice(at, at + size)))
    expect(found).toEqual(['terminal_0: one', '', 'terminal_1: two'])
  }
})

/** As models print them, with the ends of lines of a terminal of its own, which a remote one has. */
const printed = [
  'terminal_0: Listening for serial connection on port 5000',
  '',
  'Info: /OSCI/SystemC: Simulation stopped by user.',
  '',
  '--- FVP_Base_RevC_2xAEMvA statistics: -----------------------------------------',
  'Simulated time                          : 0.500000s',
  'User time                               : 1.750000s',
  'System time                             : 0.250000s',
  'Wall time                               : 2.000000s',
  'Performance index                       : 0.25',
  'cluster0.cpu0                           :  19.23 MIPS (     2620572 Inst)',
  'cluster0.cpu1                           :   0.91 MIPS (        8484 Inst)',
  'Memory highwater mark                   : 0x2d171000 bytes ( 0.705 GB )',
  '-------------------------------------------------------------------------------',
  '',
]

test.each(['\n', '\r\n'])('statistics are read, and how many seconds of the target were one of ours', (end) => {
  expect(readStatistics(printed.join(end))).toEqual({
    simulated: 0.5,
    wall: 2,
    user: 1.75,
    system: 0.25,
    rate: 0.25,
    mips: { 'cluster0.cpu0': 19.23, 'cluster0.cpu1': 0.91 },
  })
})

test('a model that had no orderly end has no statistics', () => {
  expect(readStatistics(printed.slice(0, 3).join('\n'))).toBeUndefined()
  expect(readStatistics(printed.slice(0, 6).join('\n'))).toBeUndefined()
  expect(readStatistics('')).toBeUndefined()
})

test('a limit that ended a model is its reason; a plain end has none', () => {
  const limited = `\nInfo: Simulation is stopping. Reason: Simulated time has been exceeded.\r\n${printed.join('\n')}`
  expect(limitReached(limited)).toBe('Simulated time has been exceeded.')
  expect(limitReached(printed.join('\n'))).toBeUndefined()
})
