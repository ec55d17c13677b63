import { randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The id of the lab that a state folder stands for, made on first use. It is in the names of queues and workflows, so
 * that several state folders can use one Temporal server.
 */
export async function labId(stateFolder: string): Promise<string> {
  const file = join(stateFolder, 'lab-id')
  const known = await readFile(file, 'utf8').catch(() => undefined)
  if (known) return known.trim()
  await mkdir(stateFolder, { recursive: true })
  const draft = `${file}.${process.pid}.part`
  await writeFile(draft, `${randomBytes(4).toString('hex')}\n`)
  // A link fails where a rename would replace: of two that start together, both take the first one's id.
  await link(draft, file).catch(() => {})
  await rm(draft)
  return (await readFile(file, 'utf8')).trim()
}
