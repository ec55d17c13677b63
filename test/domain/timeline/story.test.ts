import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLines } from '../../../domain/console/line-reader.ts'
import type { Finding } from '../../../domain/finding.ts'
import type { SmcCall } from '../../../domain/smc/call.ts'
import { arrivalOf, kernelEpoch, parseTimes, type TimedConsole } from '../../../domain/timeline/console-clock.ts'
import { drawStory } from '../../../domain/timeline/draw-story.ts'
import { excerptOf } from '../../../domain/timeline/excerpt.ts'
import { tellStory } from '../../../domain/timeline/tell-story.ts'

/** A console whose lines came at these times, milliseconds. */
function console(name: string, lines: [at: number, text: string][]): TimedConsole {
  const log = { console: name, lines: readLines(Buffer.from(lines.map(([, text]) => `${text}\n`).join(''))) }
  return { log, times: log.lines.map(({ offset }, index) => ({ offset, at: lines[index]![0] })) }
}

function call(entry: number, at: number, to: 2 | 3, x0: bigint, answer: bigint[]): SmcCall {
  const request = [x0, 0n, 0n, 0n, 0n, 0n, 0n, 0n]
  return {
    entry,
    at,
    cpu: 0,
    from: 1,
    to,
    secure: false,
    pc: 0xffff_8000_8002_11b0n,
    request,
    response: answer,
    caller: 'kernel',
  }
}

const [version, idGet] = [0x8400_0063n, 0x8400_0069n]
const refused = [0x8400_0060n, 0n, 0xffff_ffff_ffff_fffen]

// The kernel's clock stood at 0 at 5,000 ms; each line came 0.2 to 3 ms after its stamp.
const kernel = console('uart0', [
  [4_000, 'NOTICE:  Booting Trusted Firmware'],
  [5_000.1, '[    0.000000] Booting Linux on physical CPU 0x0000000000 [0x000f0510]'],
  [5_160.2, '[    0.160000] calling  ffa_init+0x0/0x708 @ 1'],
  [5_164, '[    0.163000] ARM FF-A: Firmware version 1.2 found'],
  [5_180.5, '[    0.180000] calling  kvm_arm_init+0x0/0x12b4 @ 1'],
  [5_218, '[    0.215000] kvm [1]: Protected hVHE mode initialized successfully'],
  [5_253, '[    0.252000] optee: Unexpected error -22'],
])
const smc = [
  call(1, 5_161, 3, version, [0x1_0002n]),
  call(2, 5_251, 2, idGet, refused),
  call(3, 5_251.5, 2, idGet, refused),
]
const usable: Finding = {
  id: 'ffa.usable',
  outcome: 'fail',
  sentence: 'No.',
  facts: {},
  evidence: [
    { kind: 'console', console: 'uart0', from: 4, to: 4, text: '' },
    { kind: 'smc', from: 2, to: 2, text: '' },
  ],
}
const story = tellStory({ consoles: [kernel], records: [], smc, findings: [usable] })

describe('the clock', () => {
  it('is the kernel stamp plus the shortest way that a line took', () => {
    expect(kernelEpoch([kernel])).toBeCloseTo(5_000.2, 6)
    expect(kernelEpoch([console('uart1', [[4_500, 'I/TC: Primary CPU initializing']])])).toBeUndefined()
  })

  it('reads an index as it is kept, whatever else stands in it', () => {
    const rows = parseTimes('0 1795000000000.125\n120 1795000000001.500\ngarbage\n300 17950')
    expect(rows).toHaveLength(3)
    expect([arrivalOf(rows, 0), arrivalOf(rows, 119), arrivalOf(rows, 120)]).toEqual([
      1_795_000_000_000.125, 1_795_000_000_000.125, 1_795_000_000_001.5,
    ])
    expect(arrivalOf([], 5)).toBeUndefined()
  })
})

describe('the story', () => {
  it('puts each call between the lines that the kernel said before and after it', () => {
    const places = story.moments.filter(({ source }) => source !== 'stage').map(({ place }) => place)
    expect(places).toEqual([
      'uart0:1',
      'uart0:2',
      'uart0:3',
      'smc 1',
      'uart0:4',
      'uart0:5',
      'uart0:6',
      'smc 2',
      'smc 3',
      'uart0:7',
    ])
  })

  it('tells stages in the order of the boot, and marks what a finding rests on', () => {
    expect(story.moments.filter(({ source }) => source === 'stage').map(({ place }) => place)).toEqual([
      'bl1',
      'kernel',
    ])
    const marked = story.moments.filter(({ findings }) => findings.includes('ffa.usable'))
    expect(marked.map(({ place, weight }) => `${place} ${weight}`)).toEqual(['uart0:4 key', 'smc 2 key'])
    expect(story.moments.find(({ place }) => place === 'smc 2')?.call).toEqual({
      from: 1,
      to: 2,
      name: 'FFA_ID_GET',
      answer: 'INVALID_PARAMETERS',
      course: 'refused',
    })
  })

  it('needs neither times nor kernel', () => {
    const bare = { log: kernel.log, times: [] }
    const told = tellStory({ consoles: [bare], records: [], smc: [], findings: [] })
    expect(told.kernelEpoch).toBeUndefined()
    expect(told.moments.filter(({ source }) => source === 'console')).toHaveLength(7)
  })

  it('takes any text and any times', () => {
    const row = fc.tuple(fc.integer({ min: 0, max: 1e6 }), fc.string())
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const lines = rows.map(([at, text]): [number, string] => [at, text.replaceAll(/[\r\n]/g, ' ')])
        const told = tellStory({ consoles: [console('uart0', lines)], records: [], smc: [], findings: [usable] })
        expect(told.moments.every(({ at }) => Number.isFinite(at))).toBe(true)
      }),
    )
  })
})

describe('an excerpt', () => {
  it('leaves out details, says how many, and tells equal calls once', () => {
    const told = excerptOf(story, { key: true, context: 0 })
    expect(told.map(({ moment, skipped }) => `${skipped} ${moment.place}`)).toContain('1 uart0:3')
    const both = excerptOf(
      {
        ...story,
        moments: story.moments.filter(({ source }) => source === 'smc').map((moment) => ({ ...moment, findings: [] })),
      },
      { key: true, context: 0 },
    )
    expect(both.map(({ times }) => times)).toEqual([1, 2])
  })

  it('around a finding spans its evidence and what is asked for beside it', () => {
    const places = (context: number) =>
      excerptOf(story, { key: true, around: [usable], context }).map(({ moment }) => moment.place)
    expect(places(0)).toEqual(['uart0:4', 'uart0:5', 'uart0:6', 'smc 2'])
    expect(places(1)).toEqual(['smc 1', 'uart0:4', 'uart0:5', 'uart0:6', 'smc 2', 'smc 3'])
    expect(excerptOf(story, { key: true, around: [{ ...usable, evidence: [] }], context: 0 })).toEqual([])
  })
})

describe('the picture', () => {
  const svg = drawStory(story, excerptOf(story, { key: true, context: 0 }), 'a < b & "c"')

  it('has an arrow for each way that a call went, and crosses what was refused', () => {
    expect(svg).toContain('FFA_VERSION = 1.2')
    expect(svg).toMatch(/x1="520" y1="\d+" x2="962"/)
    expect(svg).toMatch(/x1="520" y1="\d+" x2="742"/)
    expect(svg).toContain('#cf222e')
    expect(svg).toContain('a &lt; b &amp; &quot;c&quot;')
  })

  it('is well-formed whatever was said', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (said) => {
        const text = `ARM FF-A: ${said.replaceAll(/[\r\n]/g, ' ')}`
        const told = tellStory({ consoles: [console('uart0', [[1, text]])], records: [], smc: [], findings: [] })
        const drawn = drawStory(told, excerptOf(told, { key: false, context: 0 }), said)
        // Tags open and close, and between them stands neither a bare sign nor a character that XML has not.
        expect(drawn.replaceAll(/<[^<>]*>/g, '')).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot);)/)
        // eslint-disable-next-line no-control-regex
        expect(drawn).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/)
        expect(drawn.isWellFormed()).toBe(true)
      }),
      { numRuns: 50 },
    )
  })
})
