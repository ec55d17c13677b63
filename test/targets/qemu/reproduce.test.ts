import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findProcesses } from '../../../host/process-identity.ts'
import { qemu } from '../../../targets/qemu/machine.ts'
import { reproduceCommand } from '../../../targets/qemu/reproduce.ts'
import { quoted } from '../../../targets/quoted.ts'
import { awaitGone } from '../../host/await-gone.ts'
import { tempFolder } from '../../host/temp-folder.ts'
import { bareFirmware } from './bare-guest.ts'
import { tisIdentity, virtConsoles } from './orders.ts'

const setup = { consoles: virtConsoles, boot: 'kernel' as const, bl33: 0x60000000, services: [] }
const target = { kind: 'qemu' as const, name: 'q', cpu: 'max,sme=off', smp: 2, memory: 2048 }

test('a shell reads each word as it was meant', async () => {
  const words = fc.sample(fc.string({ unit: 'grapheme' }), 300).filter((word) => !word.includes('\0'))
  words.push('', "it's", '$HOME', 'a b', '`id`', '"', '\\', '~', '*', 'a\nb', '!x', 'a=b', '-x', '{a,b}', '#', '&', '^')
  for (const shell of ['sh', 'bash']) {
    const { stdout } = await execa(shell, ['-c', `printf '%s\\0' ${words.map(quoted).join(' ')}`], {
      stripFinalNewline: false,
    })
    expect(stdout.split('\0').slice(0, -1)).toEqual(words)
  }
})

test('the command line carries the machine, uart0 on the terminal, and no record channel', async () => {
  const folder = join(await tempFolder(), "a user's files")
  await mkdir(folder)
  const files = { firmware: join(folder, 'fw.bios'), image: join(folder, 'Image'), initrd: join(folder, 'initrd.gz') }
  await writeFile(files.initrd, Buffer.alloc(777))
  const command = reproduceCommand({ target, setup, files, cmdline: 'kvm-arm.mode=protected' })
  expect(command).not.toContain('\n')
  const { stdout } = await execa('sh', ['-c', command.replace(qemu, "printf '%s\\n'")])
  const words = stdout.split('\n')
  expect(words[words.indexOf('-bios') + 1]).toBe(files.firmware)
  expect(words[words.indexOf('-append') + 1]).toMatch(/ initrdmem=0x70000000,777 .* kvm-arm\.mode=protected$/)
  expect(words.slice(-4)).toEqual(['-serial', 'mon:stdio', '-serial', 'file:uart1.log'])
  expect(command).not.toContain('records')
})

test('an initrd that has gone is one clear sentence', () => {
  const files = { firmware: '/f', image: '/i', initrd: '/hyplab-no-such-initrd' }
  expect(() => reproduceCommand({ target, setup, files, cmdline: '' })).toThrow(
    expect.objectContaining({ code: 'SourceMissing', message: expect.stringContaining('/hyplab-no-such-initrd') }),
  )
})

test('a machine with a TPM: the command makes one, powers it on, and leaves neither a process nor a file', async () => {
  const root = await tempFolder()
  const firmware = await bareFirmware(root, [{ peek: tisIdentity }, { end: 'sleep' }])
  const files = { firmware, image: firmware, initrd: firmware }
  const withTpm = {
    ...setup,
    services: ['tpm' as const],
    tpm: { banks: ['sha256'], partition: 0x8002 },
  }
  const command = reproduceCommand({ target, setup: withTpm, files, cmdline: '' })
  expect(command).not.toContain('\n')
  const temporary = join(root, 'tmp')
  await mkdir(temporary)
  for (const shell of ['sh', 'bash']) {
    const byHand = execa(shell, ['-c', command], { cwd: root, env: { TMPDIR: temporary }, reject: false })
    const said = Promise.withResolvers<string>()
    let text = ''
    byHand.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.includes('\n')) said.resolve(text)
    })
    byHand.stdout.once('close', () => said.resolve(text))
    expect(await said.promise).toMatch(/^00011014\r?\n/)
    const running = findProcesses(({ commandLine }) => commandLine.includes(temporary))
    expect(running.map(({ commandLine }) => commandLine.split(' ')[0]!).toSorted()).toEqual([qemu, 'swtpm'])
    // Ctrl-A x: it is for QEMU's own terminal.
    byHand.stdin.write('\u0001x')
    await byHand
    await Promise.all(running.map((one) => awaitGone(one, 5)))
    expect(await readdir(temporary)).toEqual([])
  }
})
