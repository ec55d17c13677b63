import { describe, expect, it } from 'vitest'
import type { RecordBody } from '../../../domain/records/record.ts'
import { boots, consoleOf, consolesOf, end, findingOf, hello, recordsOf, shownOf } from './showing.ts'

const id = 'optee.driver'
const asModule = { config: { OPTEE: 'm' }, modules: ['optee'] }
const records = (...bodies: RecordBody[]) => recordsOf(hello, ...bodies, end)

describe("the OP-TEE driver's fate", () => {
  it('is -22 under the bug, with both lines', () => {
    const finding = findingOf(shownOf({ consoles: consolesOf(boots.builtinPkvm) }), id)
    expect(finding).toMatchObject({ outcome: 'fail', facts: { errno: -22 }, evidence: [{ from: 776 }, { from: 777 }] })
  })

  it.each([boots.builtinNvhe, boots.modulePkvm, boots.linux7])(
    'is well on %s, noise about notifications or not',
    (boot) => {
      expect(findingOf(shownOf({ consoles: consolesOf(boot) }), id).outcome).toBe('pass')
    },
  )

  it('turns with the line', () => {
    const consoles = consolesOf(boots.builtinNvhe, (text) =>
      text.replace('optee: initialized driver', 'optee: Unexpected error -95'),
    )
    expect(findingOf(shownOf({ consoles }), id)).toMatchObject({ outcome: 'fail', facts: { errno: -95 } })
  })

  it.each([
    ['no line', {}, [], 'unknown'],
    ['not built', { config: { OPTEE: 'n' } }, [], 'skip'],
    ['its FF-A half not built', { config: { ARM_FFA_TRANSPORT: 'm' } }, [], 'skip'],
    ['a module that is not loaded', { config: { OPTEE: 'm' } }, [], 'skip'],
    ['a module that would not load', asModule, [{ fact: 'module', name: 'optee', rc: -22 }], 'fail'],
    ['a module that loaded and said nothing', asModule, [{ fact: 'module', name: 'optee', rc: 0 }], 'unknown'],
    [
      'FF-A deferred',
      {},
      [{ fact: 'file', path: '/sys/kernel/debug/devices_deferred', rc: 0, text: 'arm-ffa\t\n' }],
      'fail',
    ],
    [
      'something else deferred',
      {},
      [{ fact: 'file', path: '/sys/kernel/debug/devices_deferred', rc: 0, text: 'usb\tx\n' }],
      'unknown',
    ],
  ] satisfies [string, object, RecordBody[], string][])('%s', (_name, extra, bodies, outcome) => {
    expect(findingOf(shownOf({ ...extra, records: records(...bodies) }), id).outcome).toBe(outcome)
  })

  it('is the last word when it tried twice', () => {
    const both = ['optee: Unexpected error -22\n', 'optee: initialized driver\n']
    expect(findingOf(shownOf({ consoles: [consoleOf(both.join(''))] }), id).outcome).toBe('pass')
    expect(findingOf(shownOf({ consoles: [consoleOf(both.toReversed().join(''))] }), id).outcome).toBe('fail')
  })
})
