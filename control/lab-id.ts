import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeStateFolder } from '../host/folders.ts'
import { withLock } from '../host/lock.ts'
import { createFile, replaceFile } from '../host/whole-file.ts'
import { latestRun } from '../store/runs.ts'
import { openStore } from '../store/store.ts'

type Say = (sentence: string) => void

/**
 * The id of the lab that a state folder stands for, made on first use. It is in the names of queues and workflows, so
 * that several state folders can use one Temporal server. A damaged file gets back the id that the results know, because
 * runs that are under way wait on queues of that name.
 * @param say is told when the file was mended.
 * @throws LabError StoreBroken when it must be mended and the results cannot be read.
 */
export async function labId(stateFolder: string, say: Say = () => {}): Promise<string> {
  return await keptId(join(stateFolder, 'lab-id'), say, {
    first: async () => randomBytes(4).toString('hex'),
    again: async () => {
      const known = await idOfResults(stateFolder)
      if (known !== undefined) return { id: known, from: 'as the results know it' }
      return { id: randomBytes(4).toString('hex'), from: 'a new one, because there are no runs that could know it' }
    },
  })
}

/**
 * The id of this host in the lab, which names the queue of its places: a name of its own, because people rename hosts
 * while runs are under way. It follows from the lab's id at first, so that a damaged file can be mended.
 * @param say is told when the file was mended.
 * @throws as labId does.
 */
export async function hostId(stateFolder: string, say: Say = () => {}): Promise<string> {
  const ofLab = async () =>
    createHash('sha256')
      .update(`host of ${await labId(stateFolder, say)}`)
      .digest('hex')
  return await keptId(join(stateFolder, 'host-id'), say, {
    first: async () => (await ofLab()).slice(0, 8),
    again: async () => ({ id: (await ofLab()).slice(0, 8), from: "as it follows from the lab's" }),
  })
}

interface Source {
  first(): Promise<string>
  again(): Promise<{ id: string; from: string }>
}

async function keptId(file: string, say: Say, source: Source): Promise<string> {
  const known = await readId(file)
  if (known?.valid) return known.text
  if (known === undefined) {
    makeStateFolder(dirname(file))
    const id = await source.first()
    if (await createFile(file, `${id}\n`)) return id
    const others = await readId(file)
    // Of two that start together, both take the first one's id.
    if (others?.valid) return others.text
  }
  return await withLock(`${file}.lock`, {}, async () => {
    const damaged = await readId(file)
    if (damaged?.valid) return damaged.text
    const { id, from } = await source.again()
    await replaceFile(file, `${id}\n`)
    say(`${file} was damaged (it held ${JSON.stringify(damaged?.text.slice(0, 40) ?? '')}); it is ${id} now, ${from}.`)
    return id
  })
}

async function readId(file: string): Promise<{ text: string; valid: boolean } | undefined> {
  try {
    const text = await readFile(file, 'utf8')
    return { text: text.trim(), valid: /^[0-9a-f]{8}\n$/.test(text) }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** The id in the name of the newest run's workflow. */
async function idOfResults(stateFolder: string): Promise<string | undefined> {
  if (!existsSync(join(stateFolder, 'results.db'))) return undefined
  const store = await openStore(stateFolder)
  try {
    return /^([0-9a-f]{8})-run-/.exec((await latestRun(store))?.workflowId ?? '')?.[1]
  } finally {
    await store.close()
  }
}
