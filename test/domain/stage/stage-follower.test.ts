import { describe, expect, it } from 'vitest'
import { StageFollower, type StageReached } from '../../../domain/stage/stage-follower.ts'
import { boots, call, consoleOf, consolesOf, hello, recordsOf } from '../probes/showing.ts'

function follow(
  logs: { console: string; lines: { number: number; offset: number; text: string }[] }[],
): StageReached[] {
  const follower = new StageFollower()
  return logs.flatMap(({ console, lines }) => lines.flatMap((line) => follower.line(console, line) ?? []))
}
const names = (reached: StageReached[]): string[] => reached.map(({ stage, boot }) => `${boot}:${stage}`)

describe('stages of real boots', () => {
  it.each([
    [boots.builtinPkvm, ['1:bl1', '1:bl2', '1:bl31', '1:spmc', '1:kernel', '1:init', '1:off']],
    [boots.modulePkvm, ['1:bl1', '1:bl2', '1:bl31', '1:spmc', '1:kernel', '1:init', '1:off']],
    // EDK2 stands between, and clears the screen before the kernel's first line.
    [boots.linux7, ['1:bl1', '1:bl2', '1:bl31', '1:spmc', '1:bl33', '1:kernel', '1:init', '1:off']],
  ])('%s', (boot, expected) => {
    const reached = follow(consolesOf(boot))
    expect(names(reached)).toEqual(expected)
    for (const { evidence } of reached) expect(evidence).toMatchObject({ kind: 'console', console: 'uart0' })
  })

  it('reads a late secure console as no step back', () => {
    const [ns, secure] = consolesOf(boots.builtinPkvm)
    expect(names(follow([ns!, secure!]))).toEqual(names(follow([ns!])))
    expect(names(follow([secure!, ns!]))).toEqual(['1:spmc', '1:kernel', '1:init', '1:off'])
  })

  it('counts a second boot when firmware starts again on the same console', () => {
    const [ns] = consolesOf(boots.builtinPkvm)
    const twice = { console: 'uart0', lines: [...ns!.lines.slice(0, 700), ...ns!.lines] }
    const reached = names(follow([twice])).join(' ')
    expect(reached).toBe('1:bl1 1:bl2 1:bl31 1:spmc 1:kernel 2:bl1 2:bl2 2:bl31 2:spmc 2:kernel 2:init 2:off')
  })

  it('counts one when it starts again in BL1 already', () => {
    const log = consoleOf(
      'NOTICE:  Booting Trusted Firmware\nNOTICE:  BL1: v2.12.1(release):\nNOTICE:  Booting Trusted Firmware\n',
    )
    expect(names(follow([log]))).toEqual(['1:bl1', '2:bl1'])
  })

  it('takes the kernel starting again after init for a second boot where there is no TF-A to tell, but not a log shown twice', () => {
    const start = '[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x000f0510]\n'
    const ran = '[    0.817974] Run /init as init process\n'
    expect(names(follow([consoleOf(start + start + ran)]))).toEqual(['1:kernel', '1:init'])
    expect(names(follow([consoleOf(start + ran + start)]))).toEqual(['1:kernel', '1:init', '2:kernel'])
    expect(names(follow([consoleOf(start + ran, 'a'), consoleOf(start + ran, 'b')]))).toEqual(['1:kernel', '1:init'])
  })
})

describe('stages by records and by the host', () => {
  it('comes to init by hello, and to probes by the first fact after it', () => {
    const follower = new StageFollower()
    const [early, first, mount, module, later] = recordsOf(
      call('FFA_ID_GET'),
      hello,
      { fact: 'mount', what: '/proc', rc: 0 },
      { fact: 'module', name: 'ffa-core', rc: 0 },
      call('FFA_ID_GET'),
    )
    expect(follower.record(early!)).toBeUndefined()
    expect(follower.record(first!)).toMatchObject({ stage: 'init', evidence: { kind: 'record', sequence: 2 } })
    expect(follower.record(mount!)).toBeUndefined()
    expect(follower.record(module!)).toMatchObject({ stage: 'probes', evidence: { kind: 'record', sequence: 4 } })
    expect(follower.record(later!)).toBeUndefined()
    expect(follower.stage).toBe('probes')
  })

  it('is off when the host says so, once', () => {
    const follower = new StageFollower()
    expect(follower.stage).toBe('power')
    expect(follower.off()).toEqual({ stage: 'off', boot: 1 })
    expect(follower.off()).toBeUndefined()
  })
})
