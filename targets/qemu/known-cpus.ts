import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { findProgram } from '../../host/find-program.ts'
import type { Folders } from '../../host/folders.ts'
import { qemu } from './machine.ts'

const kept = z.object({ stamp: z.string(), cpus: z.array(z.string()) })

/**
 * The CPUs that the QEMU on PATH has, as `-cpu` takes them. To ask costs 0.1 s, so that the answer is kept in the cache
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

/** `Available CPUs:` and one in each line, perhaps with `(deprecated)` behind it (QEMU 7.2 to 10.0). */
async function ask(program: string): Promise<string[]> {
  // Loaded here, because most plans are read when QEMU has been asked before.
  const { run } = await import('../../host/run.ts')
  const { code, stdout } = await run(program, ['-machine', 'virt', '-cpu', 'help'])
  if (code !== 0) return []
  return stdout.split('\n').flatMap((line) => /^ +([\w.-]+)(?: \(deprecated\))?$/.exec(line)?.[1] ?? [])
}
