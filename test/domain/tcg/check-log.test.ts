import { describe, expect, it } from 'vitest'
import { checkEventLog, firstMisfit } from '../../../domain/tcg/check-log.ts'
import { parseEventLog } from '../../../domain/tcg/event-log.ts'
import type { Pcrs } from '../../../domain/tcg/pcrs.ts'
import { agileLog, pcrsAfter, someEvents, text, u32, type MadeEvent } from './logs.ts'

/** Holds a log of these events against the PCRs of a TPM that saw others. */
function check(logged: MadeEvent[], extended: MadeEvent[], locality = 0) {
  const pcrs: Pcrs = new Map([['sha256', pcrsAfter('sha256', extended, locality)]])
  return checkEventLog(parseEventLog(agileLog(logged, ['sha256'])), pcrs)
}

const at = someEvents.findIndex(({ pcr, type }) => pcr === 4 && type === 4)
const separator = someEvents[at]!

describe('a log held against PCRs', () => {
  it('fits those that it was made with', () => {
    const checks = check(someEvents, someEvents)
    expect(checks.map(({ pcr }) => pcr)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 9])
    expect(checks.filter(({ differs }) => differs)).toEqual([])
    expect(firstMisfit(checks)).toBeUndefined()
  })

  it('names the event whose digest is not that of its data, when that explains the PCR', () => {
    const changed = someEvents.with(at, { ...separator, measured: text('changed') })
    expect(firstMisfit(check(changed, someEvents))).toMatchObject({
      pcr: 4,
      differs: { how: 'wrong-digest', event: { index: at + 2, typeName: 'EV_SEPARATOR' } },
    })
  })

  it('names the first of the events that were logged and not extended', () => {
    const misfit = firstMisfit(check([...someEvents, separator, separator], someEvents))
    expect(misfit?.differs).toMatchObject({ how: 'logged-only', event: { index: someEvents.length + 2 } })
  })

  it('names one event in the middle that was not extended', () => {
    const misfit = firstMisfit(check(someEvents, someEvents.toSpliced(at, 1)))
    expect(misfit?.differs).toMatchObject({ how: 'one-logged-only', event: { index: at + 2 } })
  })

  it('tells another locality of PCR 0', () => {
    const checks = check(someEvents, someEvents, 3)
    expect(checks[0]).toMatchObject({ pcr: 0, differs: { how: 'locality', locality: 3 } })
    expect(firstMisfit(checks)).toBeUndefined()
  })

  it('tells a PCR that was extended with something that is not in the log', () => {
    const checks = check(someEvents, [
      ...someEvents,
      { pcr: 8, type: 13, data: text('grub') },
      { pcr: 9, type: 13, data: text('x') },
    ])
    expect(checks.find(({ pcr }) => pcr === 8)?.differs).toEqual({ how: 'not-logged' })
    expect(checks.find(({ pcr }) => pcr === 9)?.differs).toEqual({ how: 'unexplained' })
    expect(firstMisfit(checks)).toBeUndefined()
  })

  it('suspects an event that contradicts its data where nothing explains the PCR', () => {
    const lying = { ...separator, measured: text('changed') }
    const misfit = firstMisfit(check([...someEvents, lying], [...someEvents, { pcr: 4, type: 13, data: text('x') }]))
    expect(misfit?.differs).toMatchObject({ how: 'unexplained', event: { index: someEvents.length + 2 } })
  })

  it('explains nothing by two separators more, in a log of very many events', () => {
    const many = Array.from({ length: 2_000 }, (_, n) => ({ pcr: 4, type: 4, data: u32(n) }))
    expect(check(many, [...many, separator, separator])[0]?.differs).toEqual({ how: 'unexplained' })
  })
})
