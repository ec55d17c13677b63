import { expect, test } from 'vitest'
import { TpmCommands } from '../../../targets/fvp/tpm-commands.ts'

const startup = '80010000000c000001440000'
const longer = `80020000001000000182${'00'.repeat(6)}`

/** The commands that a wire is understood to have carried, when its bytes come so many at a time. */
function commandsIn(hex: string, atOnce: number): string[] {
  const commands = new TpmCommands()
  const bytes = Buffer.from(hex, 'hex')
  const found: string[] = []
  for (let at = 0; at < bytes.length; at += atOnce)
    found.push(...commands.take(bytes.subarray(at, at + atOnce)).map((one) => Buffer.from(one).toString('hex')))
  return found
}

test.each([1, 3, 10, 1000])('a command is whole when its last byte has come, %i at a time', (atOnce) => {
  expect(commandsIn(startup + longer + startup, atOnce)).toEqual([startup, longer, startup])
  expect(commandsIn(startup.slice(0, -2), atOnce)).toEqual([])
})

test.each([
  ['noise before a command', `00ff41${startup}`, [startup]],
  ['a tag that is none', `8003${startup}`, [startup]],
  ['a command of no length', `80010000000000000144${startup}`, [startup]],
  ['a command that is too long to be one', `8001ffffffff00000144${startup}`, [startup]],
])('%s is dropped, and the next command is understood', (_, hex, commands) => {
  expect(commandsIn(hex, 1)).toEqual(commands)
})
