import { describe, expect, it } from 'vitest'
import { wantsColour } from '../../cli/context.ts'

const terminal = { isTTY: true }
const pipe = { isTTY: false }

describe('colour', () => {
  it.each([
    ['a terminal', terminal, undefined, {}, true],
    ['a pipe', pipe, undefined, {}, false],
    ['NO_COLOR', terminal, undefined, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR, which means nothing (no-color.org)', terminal, undefined, { NO_COLOR: '' }, true],
    ['TERM=dumb', terminal, undefined, { TERM: 'dumb' }, false],
    ['--no-color', terminal, false, {}, false],
    ['FORCE_COLOR on a pipe', pipe, undefined, { FORCE_COLOR: '1' }, true],
    ['an empty FORCE_COLOR on a pipe', pipe, undefined, { FORCE_COLOR: '' }, true],
    ['FORCE_COLOR over NO_COLOR', terminal, undefined, { FORCE_COLOR: '3', NO_COLOR: '1' }, true],
    ['FORCE_COLOR=0 on a terminal', terminal, undefined, { FORCE_COLOR: '0' }, false],
  ])('%s', (_name, stream, flag, env, expected) => expect(wantsColour(stream, flag, env)).toBe(expected))

  it("agrees with Node's own rule on the variables", async () => {
    const { WriteStream } = await import('node:tty')
    for (const value of ['', '0', '1', '2', '3', 'true', 'false', 'yes'])
      expect(wantsColour(pipe, undefined, { FORCE_COLOR: value })).toBe(
        WriteStream.prototype.getColorDepth({ FORCE_COLOR: value }) > 1,
      )
  })
})
