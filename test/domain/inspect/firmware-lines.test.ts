import { expect, it } from 'vitest'
import { inspectLog } from './read.ts'

it.each([
  ['a banner with a tab in it', 'NOTICE:  BL2: v2.10.0\t(release):v2.4-rc0-dirty\nNOTICE:  WDT: Cold boot\n'],
  ['a banner without the kind of build', 'NOTICE:  BL31: v2.3():v2.3-607-gbf602aff1:someone\n'],
  ['a banner of before 1.2', 'NOTICE:  BL3-1: v1.0(debug):361f8a7\n'],
  ['a banner with one blank', 'NOTICE: BL31: v2.6(release):02e589f3e\n'],
  ['lines behind the banner', 'NOTICE:  BL31: Built : 23:34:19, May 13 2022\nINFO:    SPSR = 0x3c9\n'],
])('TF-A is known by %s', (_name, text) => {
  const { stage, files } = inspectLog(text)
  expect({ stage, files }).toEqual({ stage: 'firmware', files: [] })
})

it('a second banner of TF-A behind a kernel begins a second boot', () => {
  const banner = 'NOTICE:  BL31: v2.3():v2.3-589-g3389cfdda:someone\n'
  const text = `${banner}[    0.000000] Linux version 5.15.1 (a@b) (gcc) #1 SMP\n${banner}INFO:    spec: 0x1\n`
  expect(inspectLog(text).boots.map(({ stage }) => stage)).toEqual(['kernel', 'firmware'])
})
