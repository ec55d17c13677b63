import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { findProgram } from '../../host/find-program.ts'
import type { Folders } from '../../host/folders.ts'
import { bareArguments, qemu } from './machine.ts'

const kept = z.object({ stamp: z.string(), cpus: z.array(z.string()) })

/**
 * The 64-bit CPUs of the virt machine of the QEMU on PATH, as `-cpu` takes them. To ask costs 0.2 s, so that the answer is kept in the cache
 * folder for as long as QEMU's file stays what it is.
 * @returns undefined when there is no QEMU, or when it does not say
 */
export async function knownCpus({ cache }: Pick<Folders, 'cache'>): Promise<string[] | undefined> {
  const program = await findProgram(qemu)
  if (program === undefined) return undefined
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(program, { bigint: true })
  const stamp = [program, dev, ino, size, mtimeNs, ctimeNs].join(' ')
  const file = join(cache, 'qemu-cpus.json')
  const known = await readKept(file)
  if (known?.stamp === stamp) return known.cpus
  const cpus = await ask(program)
  if (cpus.length === 0) return undefined
  // To remember it is a favour: where the cache cannot be written, it is asked again.
  await keep(cache, file, { stamp, cpus }).catch(() => {})
  return cpus
}

async function readKept(file: string): Promise<z.infer<typeof kept> | undefined> {
  try {
    return kept.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined
  }
}

async function keep(cache: string, file: string, answer: z.infer<typeof kept>): Promise<void> {
  await mkdir(cache, { recursive: true })
  await writeFile(`${file}.${process.pid}`, JSON.stringify(answer))
  await rename(`${file}.${process.pid}`, file)
}

/** ARMv7-A: the virt machine takes them, and no arm64 kernel runs on them (Arm DDI0464 and DDI0438). */
const of32Bits = new Set(['cortex-a7', 'cortex-a15'])

/**
 * `Available CPUs:` and one in each line, perhaps with `(deprecated)` behind it (QEMU 7.2 to 10.0): all that the program
 * has, whatever the machine takes. That is said only to who asks for one that it refuses (hw/core/machine.c,
 * is_cpu_type_supported(), 10.0), and microcontrollers are refused by every virt machine.
 */
async function ask(program: string): Promise<string[]> {
  // Loaded here, because most plans are read when QEMU has been asked before.
  const { run } = await import('../../host/run.ts')
  const { code, stdout } = await run(program, ['-machine', 'virt', '-cpu', 'help'])
  if (code !== 0) return []
  const all = stdout.split('\n').flatMap((line) => /^ +([\w.-]+)(?: \(deprecated\))?$/.exec(line)?.[1] ?? [])
  const refused = all.find((cpu) => cpu.startsWith('cortex-m'))
  if (refused === undefined) return all
  const args = [...bareArguments, '-machine', 'virt', '-cpu', refused]
  const { stderr } = await run(program, args, { signal: AbortSignal.timeout(refusalMs) })
  const taken = /^The valid models are: (.+)$/m.exec(stderr)?.[1]?.split(', ')
  return all.filter((cpu) => taken?.includes(cpu) !== false && !of32Bits.has(cpu))
}

/** It takes a tenth of a second; one that would start the machine instead is ended. */
const refusalMs = 10_000
