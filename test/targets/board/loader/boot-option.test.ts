import { expect, test } from 'vitest'
import { bootOnce, shownValue } from '../../../../targets/board/loader/boot-option.ts'
import { PlainText } from '../../../../targets/board/loader/plain-text.ts'

test('a boot option has the address as its path, the command line behind it, and is for the next start alone', () => {
  const [option, next] = bootOnce('http://a/b.img', 'x="1" y')
  const uri = Buffer.from('http://a/b.img')
  const path = `0318${hex16(4 + uri.length)}${uri.toString('hex')}7fff0400`
  const head = `01000000${hex16(path.length / 2)}${ucs2('hyplab\0')}${path}`.toUpperCase()
  expect(option).toMatchObject({ name: 'Boot00F0', value: `${head}${ucs2('x="1" y\0')}`.toUpperCase() })
  // What the shell would read in a text is typed in hexadecimal.
  expect(option!.command).toBe(
    `setvar Boot00F0 -guid 8BE4DF61-93CA-11D2-AA0D-00E098032B8C -bs -rt -nv =${head} =L"x=" =2200 =L"1" =2200 =L" y" =0000`,
  )
  expect(next).toMatchObject({ name: 'BootNext', value: 'F000' })
})

test('a command line that cannot be typed, or is longer than a line of the shell, is refused and not cut', () => {
  expect(() => bootOnce('http://a/b.img', 'grüße')).toThrow(
    /cannot be typed at a UEFI shell because of its character "ü"/,
  )
  expect(() => bootOnce('http://a/b.img', 'x'.repeat(2000))).toThrow(/has 2000 characters, too many for a line/)
})

test('what a variable holds is read from however many lines it is shown in', () => {
  const shown = '8BE4DF61-93CA-11D2-AA0D-00E098032B8C - BootNext - 0002 Bytes\r\nF0 \r\n00 \r\n'
  expect(shownValue(shown)).toBe('F000')
  expect(shownValue('setvar: Unable to get variable')).toBeUndefined()
})

test('control sequences are taken out wherever chunks are cut, and nothing else', () => {
  const said = '\x1b[2J\x1b[01;01Hmap\x1b[0m: \x1b[=3hx[1m\r\n\x1b[1m\x1b[33m\x1b[40mShell> \x1b[0m'
  for (let cut = 0; cut <= said.length; cut++) {
    const plain = new PlainText()
    const parts = [said.slice(0, cut), said.slice(cut)]
    expect(parts.map((part) => plain.feed(Buffer.from(part, 'latin1'))).join('')).toBe('map: x[1m\r\nShell> ')
  }
})

const ucs2 = (text: string): string => Buffer.from(text, 'utf16le').toString('hex')

function hex16(value: number): string {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes.toString('hex')
}
