import { expect, test } from 'vitest'
import { LoaderDialogue } from '../../../../targets/board/loader/dialogue.ts'
import { ShellStandIn, type Reply } from './shell-stand-in.ts'

const autoboot = { says: 'Hit any key to stop autoboot', key: ' ' }
const limits = { silence: 0.4, echo: 0.1 }

interface Setup {
  reply?: (command: string) => Reply
  /** What the wire makes of what is typed, and of what is said. */
  wire?: (typed: string) => string
  air?: (said: string) => string
  signal?: AbortSignal
}

function talk({ reply = () => ({}), wire = (text) => text, air = (text) => text, signal }: Setup = {}) {
  const typed: string[] = []
  // What a board says comes later than what it answers to.
  const say = (text: string) => setImmediate(() => dialogue.feed(Buffer.from(air(text), 'latin1')))
  const shell = new ShellStandIn(say, reply)
  const write = (text: string) => {
    typed.push(text)
    shell.type(wire(text))
  }
  const options = { prompt: '=> ', autoboot, limits }
  const dialogue = new LoaderDialogue(write, options, signal ?? new AbortController().signal)
  return { dialogue, shell, typed, say }
}

test('a command is answered by its code and its output, and the echo is none of it', async () => {
  const { dialogue, shell } = talk({ reply: (command) => ({ output: `${command}!\r\n`, code: 3 }) })
  expect(await dialogue.ask('printenv x')).toEqual({ code: 3, output: 'printenv x!\n' })
  expect(shell.ran).toEqual(['printenv x'])
  expect(dialogue.lost).toBe(0)
})

test('only carriage returns are typed at the end of a line, and only after its echo has come', async () => {
  const { dialogue, typed } = talk()
  await dialogue.ask('version')
  expect(typed.filter((text) => text.includes('\n'))).toEqual([])
  expect(typed.at(-1)).toBe('\r')
  expect(typed.slice(0, -1).join('')).toMatch(/^version; echo RC=\$\?,\$\? K''[0-9a-f]{6}$/)
})

test('the more of a line comes back at once, the more is typed at once, up to whole lines', async () => {
  const { dialogue, typed } = talk()
  const command = `setenv x ${'y'.repeat(150)}`
  await dialogue.ask(command)
  expect(typed[0]).toHaveLength(32)
  await dialogue.ask(command)
  expect(typed.at(-2)).toMatch(/^setenv x y{150}; echo RC=/)
})

test('a board whose receive buffer a long piece overran gets short ones from then on', async () => {
  const { dialogue, shell, typed } = talk({ wire: (text) => text.slice(0, 48) })
  const commands = ['a', 'b', 'c'].map((name) => `setenv ${name} ${name.repeat(150)}`)
  for (const command of commands) expect(await dialogue.ask(command)).toEqual({ code: 0, output: '' })
  expect(shell.ran).toEqual(commands)
  expect(dialogue.lost).toBe(1)
  expect(Math.max(...typed.slice(-12).map((text) => text.length))).toBe(32)
})

test('a prompt in the output of a command is not taken for its end', async () => {
  const { dialogue } = talk({ reply: () => ({ output: 'one\r\n=> two\r\n' }) })
  expect(await dialogue.ask('help')).toEqual({ code: 0, output: 'one\n=> two\n' })
})

test('a line that lost a character is not entered, and typed again from a clean prompt', async () => {
  let drops = 2
  const wire = (text: string) => (text.includes('x') && drops-- > 0 ? text.replace('x', '') : text)
  const { dialogue, shell } = talk({ wire })
  expect(await dialogue.ask('setenv x 1')).toEqual({ code: 0, output: '' })
  expect(shell.ran).toEqual(['setenv x 1'])
  expect(dialogue.lost).toBe(2)
})

test('a line that doubled a character is not entered either', async () => {
  let doubles = 1
  const wire = (text: string) => (text.includes('x') && doubles-- > 0 ? text.replace('x', 'xx') : text)
  const { dialogue, shell } = talk({ wire })
  await dialogue.ask('setenv x 1')
  expect(shell.ran).toEqual(['setenv x 1'])
})

test('an Enter that is lost is found by its missing echo', async () => {
  let drops = 1
  const { dialogue, shell } = talk({ wire: (text) => (text === '\r' && drops-- > 0 ? '' : text) })
  expect(await dialogue.ask('setenv x 1')).toMatchObject({ code: 0 })
  expect(shell.ran).toEqual(['setenv x 1'])
})

test('an Enter that is doubled runs a command again, whose answer is not taken for the next command', async () => {
  let doubles = 1
  const wire = (text: string) => (text === '\r' && doubles-- > 0 ? '\r\r' : text)
  let times = 0
  const { dialogue } = talk({ wire, reply: (command) => ({ output: `${command} ${++times}\r\n` }) })
  expect((await dialogue.ask('first')).output).toMatch(/^first/)
  expect((await dialogue.ask('second')).output).toMatch(/^second/)
})

test('an answer that was damaged on its way is asked for again', async () => {
  let damages = 1
  const air = (text: string) =>
    text.includes('RC=') && !text.includes('echo') && damages-- > 0 ? text.replace('K', 'k') : text
  const { dialogue } = talk({ air, reply: () => ({ output: 'fine\r\n' }) })
  expect(await dialogue.ask('version')).toEqual({ code: 0, output: 'fine\n' })
  expect(dialogue.lost).toBe(1)
})

test('a wire that loses a character of every line is told from a shell that refuses', async () => {
  const { dialogue, shell } = talk({ wire: (text) => text.replace('v', '') })
  await expect(dialogue.ask('version')).rejects.toMatchObject({
    code: 'PlaceBroken',
    retryable: true,
    message: expect.stringMatching(/lost characters of `version` 8 times \("version.*" was echoed as "e/),
  })
  expect(shell.ran).toEqual([])
  const refusing = talk({ reply: () => ({ output: "Unknown command 'vers'\r\n", code: 1 }) })
  expect(await refusing.dialogue.ask('vers')).toEqual({ code: 1, output: "Unknown command 'vers'\n" })
})

test.each([
  ['\r\nU-Boot 2023.01 (Jan 09 2023)\r\n', /reset under us during `tftpboot x`.*"U-Boot 2023\.01/],
  ['\r\nNOTICE:  Booting Trusted Firmware\r\n', /reset under us/],
  ['\r\nHit any key to stop autoboot:  2 ', /reset under us/],
  [
    '\r\n[    0.000000] Booting Linux on physical CPU 0x0\r\n',
    /A kernel spoke during `tftpboot x` that nobody had started/,
  ],
  ['\r\n"Synchronous Abort" handler, esr 0x96000010\r\n', /boot loader crashed during `tftpboot x`.*Synchronous Abort/],
])('%j in mid-dialogue ends it with a sentence', async (instead, sentence) => {
  const { dialogue } = talk({ reply: () => ({ instead }) })
  await expect(dialogue.ask('tftpboot x')).rejects.toThrow(sentence)
})

test('a board that falls silent in a command is told with its last words', async () => {
  const { dialogue } = talk({ reply: () => ({ instead: 'Loading: ###' }) })
  await expect(dialogue.ask('tftpboot x')).rejects.toThrow(
    'The board fell silent after `tftpboot x` was entered (0.4 s); the last that it said: "Loading: ###".',
  )
})

test('a shell that is no hush says so', async () => {
  const { dialogue } = talk({ air: (text) => text.replace(/^RC=0,0/, 'RC=$?,$?') })
  await expect(dialogue.ask('version')).rejects.toThrow(/no hush shell/)
})

test('autoboot is stopped by its one key, typed once, when its line is seen', async () => {
  const { dialogue, typed, say } = talk()
  const ready = dialogue.toPrompt()
  setTimeout(() => say('\b\b\b 0 \r\n=> '), 20)
  say('NOTICE:  Booting Trusted Firmware\r\nU-Boot 2023.01\r\nHit any key to stop autoboot:  2 ')
  await ready
  expect(typed).toEqual([' ', '\x03', expect.stringMatching(/^echo K''[0-9a-f]{6}\r$/)])
})

test('the key is typed again when the count goes on, since it was lost', async () => {
  let drops = 1
  const { dialogue, typed, say } = talk({ wire: (text) => (text === ' ' && drops-- > 0 ? '' : text) })
  const ready = dialogue.toPrompt()
  say('Hit any key to stop autoboot:  2 ')
  setTimeout(() => say('\b\b\b 1 '), 20)
  setTimeout(() => say('\r\n=> '), 60)
  await ready
  expect(typed.slice(0, 2)).toEqual([' ', ' '])
})

test('a board that boots its own kernel, and one that says nothing, come to no prompt', async () => {
  const booting = talk()
  const never = booting.dialogue.toPrompt()
  booting.say('U-Boot 2023.01\r\n[    0.000000] Booting Linux\r\n')
  await expect(never).rejects.toThrow(/never came to its boot loader: "\[ {4}0\.000000\]/)
  await expect(talk().dialogue.toPrompt()).rejects.toThrow(/fell silent before it came to its boot loader.*nothing/)
})

test('a command that does not come back is seen to go; one that comes back was refused', async () => {
  const going = talk({ reply: () => ({ instead: 'Starting kernel ...\r\n\r\n' }) })
  await going.dialogue.leave('booti 1 2 3', (text) => text.includes('Starting kernel'))
  expect(going.shell.ran).toEqual(['booti 1 2 3'])
  const back = talk({ reply: () => ({ instead: 'Bad Linux ARM64 Image magic!\r\n=> ' }) })
  await expect(back.dialogue.leave('booti 1 2 3', () => false)).rejects.toThrow(
    'U-Boot refused `booti 1 2 3`: it said "Bad Linux ARM64 Image magic!".',
  )
})

test('cancel ends whatever is waited for, at once and with its own reason', async () => {
  const abort = new AbortController()
  const reason = new Error('cancelled')
  const { dialogue } = talk({ signal: abort.signal, reply: () => 'hangs' })
  const asked = dialogue.ask('tftpboot x')
  setTimeout(() => abort.abort(reason), 10)
  await expect(asked).rejects.toBe(reason)
  await expect(dialogue.ask('version')).rejects.toBe(reason)
})

test('what the lab does meanwhile begins when the command runs, and its failure interrupts the command', async () => {
  const { dialogue, shell, typed } = talk()
  const order: string[] = []
  await dialogue.ask('fastboot udp', async () => void order.push(...shell.ran))
  expect(order).toEqual(['fastboot udp'])
  const failing = dialogue.ask('fastboot udp', () => Promise.reject(new Error('no client')))
  await expect(failing).rejects.toThrow('no client')
  expect(typed.at(-1)).toBe('\x03')
})
