import { expect, test } from 'vitest'
import { LoaderDialogue } from '../../../../targets/board/loader/dialogue.ts'
import { LoaderFault } from '../../../../targets/board/loader/loader-fault.ts'
import { ShellStandIn, type GoingReply } from './shell-stand-in.ts'

const begun = /UMS: LUN 0, .*count 0x([0-9a-f]+)\r*\n/
const lends = { goesOn: 'UMS: LUN 0, dev mmc 0, hwpart 0, sector 0, count 0x8000\r\n' }
const ends = { atInterrupt: '\rCTRL+C - Operation aborted\r\n' }

/** A board whose `ums` goes on as told; its other commands only end. */
function board(reply: GoingReply) {
  const typed: string[] = []
  const say = (text: string): void => void setImmediate(() => dialogue.feed(Buffer.from(text, 'latin1')))
  const shell = new ShellStandIn(say, (command) => (command.startsWith('ums') ? reply : {}))
  const write = (text: string): void => {
    typed.push(text)
    shell.type(text)
  }
  const options = { prompt: '=> ', autoboot: { says: 'Hit any key', key: ' ' }, limits: { silence: 0.4, echo: 0.1 } }
  const dialogue = new LoaderDialogue(write, options, new AbortController().signal)
  return { dialogue, shell, typed, say, tick: () => new Promise(setImmediate) }
}

/** Work that never ends by itself. */
const endless = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))

test('a command goes on for as long as the work takes, is ended by one ^C, and the shell is at its prompt', async () => {
  const { dialogue, shell, typed } = board({ ...lends, ...ends })
  // Longer than a command may be silent.
  const work = () => new Promise<string>((resolve) => setTimeout(() => resolve('written'), 600))
  expect(await dialogue.askWhile('ums 0 mmc 0', begun, work)).toEqual({ done: 'written' })
  expect(typed.filter((text) => text === '\x03')).toHaveLength(1)
  expect(await dialogue.ask('mmc dev 0')).toEqual({ code: 0, output: '' })
  expect(shell.ran).toEqual(['ums 0 mmc 0', 'mmc dev 0'])
})

test('the sign that it turns meanwhile is not kept, and what it said before it is', async () => {
  const { dialogue, shell, say, tick } = board({ ...lends, ...ends })
  const asked = dialogue.askWhile('ums 0 mmc 0', begun, async ([, count], signal) => {
    expect(count).toBe('8000')
    for (let turns = 0; turns < 400; turns++) {
      say('\r|\r/\r-\r\\'.repeat(250))
      await tick()
    }
    shell.endIt('\rCheck USB cable connection\r\n')
    return await endless(signal)
  })
  const { output } = ((await asked) as { ended: { output: string } }).ended
  expect(output).toMatch(/^UMS: LUN 0, dev mmc 0/)
  expect(output).toContain('Check USB cable connection')
  expect(output.length).toBeLessThan(8192)
})

test('work that fails is told, after the command was interrupted', async () => {
  const { dialogue, typed } = board({ ...lends, ...ends })
  const work = (): Promise<never> => Promise.reject(new Error('the medium is failing'))
  await expect(dialogue.askWhile('ums 0 mmc 0', begun, work)).rejects.toThrow('the medium is failing')
  expect(typed.at(-1)).toBe('\x03')
})

test('a board that is reset meanwhile ends the work, and nothing is typed at it', async () => {
  const { dialogue, typed, say } = board({ ...lends, ...ends })
  let ended = false
  const asked = dialogue.askWhile('ums 0 mmc 0', begun, async (_said, signal) => {
    say('\r\nU-Boot 2025.01 (Jan 06 2025)\r\n')
    return await endless(signal).finally(() => (ended = true))
  })
  await expect(asked).rejects.toThrow(/The board was reset under us during `ums 0 mmc 0`/)
  expect(ended).toBe(true)
  expect(typed).not.toContain('\x03')
})

test('a command that ^C does not end is what firmware did', async () => {
  const { dialogue } = board(lends)
  const asked = dialogue.askWhile('ums 0 mmc 0', begun, async () => 'written')
  await expect(asked).rejects.toThrow(LoaderFault)
  await expect(asked).rejects.toThrow('U-Boot did not end `ums 0 mmc 0` when ^C was typed 8 times.')
})
