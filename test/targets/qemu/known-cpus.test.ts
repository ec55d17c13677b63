/** The CPUs of the QEMU that is installed, and what is said of them without one. */
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { run } from '../../../host/run.ts'
import { knownCpus } from '../../../targets/qemu/known-cpus.ts'
import { tempFolder } from '../../host/temp-folder.ts'

afterEach(() => void vi.unstubAllEnvs())

/** A program in QEMU's place that counts how often it is asked. */
async function fakeQemu(
  cpus: string,
): Promise<{ cache: string; asked: () => Promise<number>; put: (cpus: string) => Promise<void> }> {
  const folder = await tempFolder()
  const program = join(folder, 'qemu-system-aarch64')
  const put = async (list: string): Promise<void> => {
    await writeFile(program, `#!/bin/sh\necho asked >>${folder}/log\nprintf 'Available CPUs:\\n${list}'\n`)
    await chmod(program, 0o755)
  }
  await put(cpus)
  vi.stubEnv('PATH', `${folder}:/usr/bin:/bin`)
  const asked = async (): Promise<number> => (await readFile(join(folder, 'log'), 'utf8')).split('\n').length - 1
  return { cache: join(folder, 'cache'), asked, put }
}

test('the real QEMU has the CPU that plans have unless they say otherwise', async () => {
  const cpus = await knownCpus({ cache: await tempFolder() })
  expect(cpus).toContain('max')
  expect(cpus).toContain('cortex-a57')
  expect(cpus!.filter((cpu) => /[^\w.-]/.test(cpu))).toEqual([])
})

test('what QEMU lists and its virt machine refuses, or what runs no arm64 kernel, is none of them', async () => {
  const cpus = await knownCpus({ cache: await tempFolder() })
  const { stdout } = await run('qemu-system-aarch64', ['-machine', 'virt', '-cpu', 'help'])
  for (const cpu of ['cortex-m3', 'cortex-a9', 'cortex-a15']) {
    expect(stdout).toContain(`  ${cpu}\n`)
    expect(cpus).not.toContain(cpu)
  }
})

test('QEMU is asked once, and again when it has changed', async () => {
  const { cache, asked, put } = await fakeQemu('  max\\n  pxa250 (deprecated)\\n')
  expect(await knownCpus({ cache })).toEqual(['max', 'pxa250'])
  expect(await knownCpus({ cache })).toEqual(['max', 'pxa250'])
  expect(await asked()).toBe(1)
  await put('  max\\n  new-cpu\\n')
  expect(await knownCpus({ cache })).toEqual(['max', 'new-cpu'])
  expect(await asked()).toBe(2)
})

test('without QEMU, with one that does not say, and with a cache that is no folder, nothing fails', async () => {
  const { cache } = await fakeQemu('')
  expect(await knownCpus({ cache })).toBeUndefined()
  const { cache: blocked } = await fakeQemu('  max\\n')
  await writeFile(blocked, 'no folder')
  expect(await knownCpus({ cache: blocked })).toEqual(['max'])
  vi.stubEnv('PATH', await tempFolder())
  expect(await knownCpus({ cache })).toBeUndefined()
})
