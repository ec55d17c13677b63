import { expect, test } from 'vitest'
import type { CommandEnd } from '../../../../targets/hosts/host-link.ts'
import { muxCommands, switchMux } from '../../../../targets/board/flash/mux-switch.ts'
import { hereLink } from './here-link.ts'

const never = new AbortController().signal

/** A host whose commands end as told. */
function hostThat(answer: (words: string[]) => Partial<CommandEnd>) {
  const host = hereLink()
  const ran: string[] = []
  host.run = async (words) => {
    // Without `env LC_ALL=C`.
    ran.push(words.slice(2).join(' '))
    return { code: 0, stdout: '', stderr: '', ...answer(words.slice(2)) }
  }
  return { host, ran }
}

test.each([
  [{ program: 'usbsdmux', id: '/dev/sg1' }, 'board', 'dut\n', ['usbsdmux /dev/sg1 dut', 'usbsdmux /dev/sg1 get']],
  [
    { program: 'sd-mux-ctrl', id: 'sdw-4' },
    'host',
    'SD connected to: TS\n',
    ['sd-mux-ctrl --device-serial=sdw-4 --ts', 'sd-mux-ctrl --device-serial=sdw-4 --status'],
  ],
  [{ program: 'sdwire', id: 'bdg7' }, 'board', '', ['sdwire switch -s bdg7 target']],
] as const)(
  '%o is switched to the %s and asked where it stands, if it can tell',
  async (control, side, stdout, commands) => {
    const { host, ran } = hostThat(() => ({ stdout }))
    await switchMux(host, muxCommands(control), side, never)
    expect(ran).toEqual(commands)
  },
)

test('a mux that stands elsewhere, says something else, or cannot be asked is no mux to write through', async () => {
  const commands = muxCommands({ program: 'usbsdmux', id: '/dev/sg1' })
  const says = (end: Partial<CommandEnd>) => {
    const { host } = hostThat((words) => (words[2] === 'get' ? end : {}))
    return switchMux(host, commands, 'host', never)
  }
  await expect(says({ stdout: 'dut\n' })).rejects.toThrow(/switched to the host by usbsdmux.*it stands at the board/)
  await expect(says({ stdout: 'off\n' })).rejects.toThrow(/it says "off"/)
  await expect(says({ code: 1, stderr: 'no access\n' })).rejects.toThrow(
    /could not ask the mux where it stands.*"no access"/,
  )
})
