import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { tftpFlash } from '../../../../targets/board/flash/tftp.ts'
import { tempFolder } from '../../../host/temp-folder.ts'
import { hereLink } from './here-link.ts'

const never = new AbortController().signal

async function setup() {
  const root = await tempFolder()
  const folder = join(root, 'tftp')
  await mkdir(folder)
  const files = { image: join(root, 'kernel'), initrd: join(root, 'ramdisk'), cmdline: '' }
  await writeFile(files.image, 'the kernel', { mode: 0o600 })
  await writeFile(files.initrd, 'the initrd', { mode: 0o600 })
  const flash = (attempt = '1.1.1') =>
    tftpFlash({ kind: 'tftp', folder, server: '10.0.0.1', network: ['dhcp'] }, hereLink(), attempt)
  return { folder, files, flash }
}

test('each attempt has a folder of its own, whose files anybody can read, and is offered with what proves them', async () => {
  const { folder, files, flash } = await setup()
  const [one, two] = [flash(), flash('1.1.2')]
  const { offer } = await one.flash(files, never)
  await two.flash(files, never)
  expect(await readdir(folder)).toHaveLength(2)
  expect(offer!.prepare).toEqual(['setenv autoload no', 'dhcp', 'setenv serverip 10.0.0.1'])
  const path = /^tftpboot \{address\} (hyplab-1\.1\.1\/k)$/.exec(offer!.kernel.command)![1]!
  expect(await readFile(join(folder, path), 'utf8')).toBe('the kernel')
  expect((await stat(join(folder, path))).mode & 0o777).toBe(0o644)
  expect(offer!.kernel).toMatchObject({ size: 10, crc32: crc32('the kernel').toString(16).padStart(8, '0') })
  await one.clear()
  await one.clear()
  await two.clear()
  expect(await readdir(folder)).toEqual([])
})

test('a folder that cannot be written, a file that is not there, and a stack end it, and nothing is left', async () => {
  const { folder, files, flash } = await setup()
  await expect(flash().flash({ ...files, initrd: '/none' }, never)).rejects.toThrow(/^\/none cannot be flashed/)
  await expect(flash().flash({ ...files, firmware: files.image }, never)).rejects.toThrow(
    /TFTP brings kernel and initrd only/,
  )
  expect(await readdir(folder)).toEqual([])
  const nowhere = tftpFlash({ kind: 'tftp', folder: '/dev/null', server: '', network: [] }, hereLink(), '1.1.1')
  await expect(nowhere.flash(files, never)).rejects.toThrow(
    /Host here could not make \/dev\/null\/hyplab-.*Not a directory/,
  )
})

test('cancel leaves no folder', async () => {
  const { folder, files } = await setup()
  const host = hereLink()
  const abort = new AbortController()
  const put = host.put.bind(host)
  host.put = async (...args) => {
    const digest = await put(...args)
    abort.abort(new Error('cancelled'))
    return digest
  }
  const flash = tftpFlash({ kind: 'tftp', folder, server: '10.0.0.1', network: [] }, host, '1.1.1')
  await expect(flash.flash(files, abort.signal)).rejects.toThrow('cancelled')
  expect(await readdir(folder)).toEqual([])
})
