import { createColors } from 'picocolors'
import { describe, expect, it } from 'vitest'
import type { Context } from '../../cli/context.ts'
import type { Happened } from '../../cli/follow.ts'
import { makeProgress } from '../../cli/show/progress.ts'

const plain = createColors(false)
const context: Context = {
  folders: { state: '/state', cache: '/cache' },
  json: false,
  paint: plain,
  paintTalk: plain,
  print: () => {},
  printJson: () => {},
  talk: () => {},
}

const cells = ['k/y', 'k/m', 'linux-6.18.5/ffa=y/optee-sel1/protected/qemu']

type Told = Pick<Happened, 'kind' | 'data'> & Partial<Happened> & { at: number }

/** What a stream got when these events were shown; `at` is seconds after the run's start. */
function shown(
  { term = 'xterm', ...to }: { isTTY: boolean; columns?: number; term?: string },
  events: Told[],
  paintTalk = plain,
): string {
  let text = ''
  const terminal = { ...to, write: (chunk: string) => (text += chunk) }
  const progress = makeProgress({ ...context, paintTalk }, cells, 1_000_000, terminal, { TERM: term })
  for (const { at, ...event } of events)
    progress.show({
      seq: 1,
      run: 1,
      cell: null,
      attempt: null,
      build: null,
      time: 1_000_000 + at * 1000,
      ...event,
    } as Happened)
  progress.end()
  return text
}

/** What stands on a terminal's screen after that text: a carriage return and the erasing of a line are all that we use. */
function screen(text: string): string[] {
  return text.split('\n').map((line) => line.split('\r\x1b[K').at(-1)!)
}

const compiling = (at: number, done: number): Told => ({
  at,
  kind: 'build-progress',
  data: { name: 'linux', phase: 'compile', done, expected: 667, etaSeconds: 41.2 },
})
const boot: Told[] = [
  { at: 1, kind: 'attempt-started', cell: 1, attempt: 1, data: { place: 'qemu/1.1' } },
  { at: 1.3, kind: 'stage', cell: 1, attempt: 1, data: { stage: 'bl1', seconds: 0.12 } },
  { at: 1.6, kind: 'stage', cell: 1, attempt: 1, data: { stage: 'kernel', seconds: 0.42 } },
  {
    at: 3,
    kind: 'attempt-ended',
    cell: 1,
    attempt: 1,
    data: { ending: 'finished', sentence: 'The boot came to its end and said so.', seconds: 1.81 },
  },
]

describe('progress without a terminal', () => {
  it('is one line a change, with the time since the start and the cell', () => {
    expect(shown({ isTTY: false }, boot)).toBe(
      [
        '   1.0s  k/y: attempt 1 on qemu/1.1',
        '   1.3s  k/y: attempt 1 bl1 (+0.12 s)',
        '   1.6s  k/y: attempt 1 kernel (+0.42 s)',
        '   3.0s  k/y: attempt 1 finished after 1.8 s: The boot came to its end and said so.',
        '',
      ].join('\n'),
    )
  })

  it('tells no time of an attempt that never came to its power-on', () => {
    const sentence = 'The attempt was cancelled while it waited for a place of class virt.'
    const data = { ending: 'cancelled' as const, sentence, seconds: 0.002 }
    expect(shown({ isTTY: false }, [{ at: 3, kind: 'attempt-ended', cell: 1, attempt: 1, data }])).toBe(
      `   3.0s  k/y: attempt 1 cancelled: ${sentence}\n`,
    )
  })

  it('keeps a long build alive with a line a minute, and no more', () => {
    const events: Told[] = [{ at: 0, kind: 'build-started', data: { name: 'linux', kind: 'kernel' } }]
    for (let at = 1; at <= 150; at++) events.push(compiling(at, at))
    expect(shown({ isTTY: false }, events).trim().split('\n')).toEqual([
      '0.0s  building linux',
      '  60.0s  linux: compile 60 of 667 steps, about 42 s left',
      ' 120.0s  linux: compile 120 of 667 steps, about 42 s left',
    ])
  })

  it('moves no cursor', () => expect(shown({ isTTY: false }, [...boot, compiling(4, 5)])).not.toMatch(/[\r\x1b]/))
})

describe('progress on a terminal', () => {
  it('changes one line at the bottom and leaves what stays above it', () => {
    const events: Told[] = [
      { at: 0, kind: 'build-started', data: { name: 'linux', kind: 'kernel' } },
      compiling(1, 10),
      compiling(2, 20),
    ]
    let last = ''
    const progress = makeProgress(context, [], 1_000_000, { isTTY: true, columns: 80, write: (text) => (last += text) })
    for (const { at, ...event } of events)
      progress.show({ cell: null, attempt: null, time: 1_000_000 + at * 1000, ...event } as Happened)
    expect(screen(last)).toEqual([
      '   0.0s  building linux',
      '   2.0s  linux: compile 20 of 667 steps, about 42 s left',
    ])
    progress.end()
    expect(screen(last)).toEqual(['   0.0s  building linux', ''])
  })

  it('lets stages follow each other on it, and puts the end in their place', () => {
    expect(screen(shown({ isTTY: true, columns: 80 }, boot.slice(0, 3)).replace(/\r\x1b\[K$/, ''))).toEqual([
      '   1.0s  k/y: attempt 1 on qemu/1.1',
      '   1.6s  k/y: attempt 1 kernel (+0.42 s)',
    ])
    expect(screen(shown({ isTTY: true, columns: 80 }, boot))).toEqual([
      '   1.0s  k/y: attempt 1 on qemu/1.1',
      '   3.0s  k/y: attempt 1 finished after 1.8 s: The boot came to its end and said so.',
      '',
    ])
  })

  it('keeps to the width: a line that wraps could not be taken away', () => {
    for (const line of screen(shown({ isTTY: true, columns: 30 }, [compiling(1, 10)]).replace(/\r\x1b\[K$/, '')))
      expect(line.length).toBeLessThan(30)
  })
})

/** What the changing line at the bottom is after these events on a terminal of so many columns. */
function bottom(columns: number, event: Told): string {
  return screen(shown({ isTTY: true, columns }, [event]).replace(/\r\x1b\[K$/, '')).at(-1)!
}

describe('a changing line that is longer than the terminal', () => {
  const reached: Told = { at: 12, kind: 'stage', cell: 3, attempt: 1, data: { stage: 'kernel', seconds: 9.5 } }

  it.each([
    [100, '  12.0s  linux-6.18.5/ffa=y/optee-sel1/protected/qemu: attempt 1 kernel (+9.50 s)'],
    [60, '  12.0s  linux-6.18.5/ffa=y/op…: attempt 1 kernel (+9.50 s)'],
    [40, '  12.0s  attempt 1 kernel (+9.50 s)'],
  ])('of %i columns shortens the name of the cell, never the stage', (columns, line) => {
    expect(bottom(columns, reached)).toBe(line)
  })

  it('shortens the name of a build, never how far it is', () => {
    expect(bottom(40, { ...compiling(1, 10) })).toBe('   1.0s  compile 10 of 667 steps, about')
    expect(bottom(52, compiling(1, 10))).toBe('   1.0s  compile 10 of 667 steps, about 42 s left')
  })
})

it('says of a build that takes more steps than expected only how many it has done', () => {
  const data = { name: 'linux', phase: 'compile', done: 1679, expected: 1264, etaSeconds: 0 }
  expect(bottom(80, { at: 1, kind: 'build-progress', data })).toBe('   1.0s  linux: compile 1679 steps')
})

it('counts what is downloaded in megabytes', () => {
  const data = { name: 'linux', phase: 'download', done: 1_500_000, expected: 154_000_000 }
  expect(bottom(80, { at: 1, kind: 'build-progress', data })).toBe('   1.0s  linux: download 1.5 of 154.0 MB')
})

it('says a single step in the singular', () => {
  const data = { name: 'linux', phase: 'patch', done: 1 }
  expect(bottom(80, { at: 1, kind: 'build-progress', data })).toBe('   1.0s  linux: patch 1 step')
})

it('moves no cursor on a dumb terminal', () => {
  const text = shown({ isTTY: true, columns: 80, term: 'dumb' }, boot)
  expect(text).toBe(shown({ isTTY: false }, boot))
  expect(text).not.toMatch(/[\r\x1b]/)
})

it('paints verdicts by what its own stream can show', () => {
  const verdict: Told = {
    at: 4,
    kind: 'verdict',
    cell: 2,
    data: { verdict: 'pass', sentence: 'As it should be.', because: [] },
  }
  expect(shown({ isTTY: false }, [verdict])).toBe('   4.0s  k/m: pass: As it should be.\n')
  expect(shown({ isTTY: true }, [verdict], createColors(true))).toContain('\x1b[32mpass\x1b[39m')
})
