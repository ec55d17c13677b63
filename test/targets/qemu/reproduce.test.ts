import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { qemu } from '../../../targets/qemu/machine.ts'
import { quoted, reproduceCommand } from '../../../targets/qemu/reproduce.ts'
import { tempFolder } from '../../host/temp-folder.ts'

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
  const command = reproduceCommand({ target, files, cmdline: 'kvm-arm.mode=protected' })
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
  expect(() => reproduceCommand({ target, files, cmdline: '' })).toThrow(
    expect.objectContaining({ code: 'SourceMissing', message: expect.stringContaining('/hyplab-no-such-initrd') }),
  )
})
