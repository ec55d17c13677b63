import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode } from '@temporalio/worker'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * The workflows as one file, bundled at most once per content and SDK version, because bundling costs a worker 1 to 4
 * seconds at each start.
 * @returns path of the bundle in the cache folder.
 */
export async function workflowBundle(cacheFolder: string): Promise<string> {
  const path = join(cacheFolder, 'bundles', `${await contentHash()}.js`)
  if (await stat(path).catch(() => undefined)) return path
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows', 'index.ts'),
    logger: { ...console, log() {}, trace() {}, debug() {}, info() {}, warn() {}, error: console.error },
  })
  await mkdir(join(cacheFolder, 'bundles'), { recursive: true })
  const part = `${path}.${process.pid}.part`
  await writeFile(part, code)
  await rename(part, path)
  return path
}

async function contentHash(): Promise<string> {
  const hash = createHash('sha256').update(createRequire(import.meta.url)('@temporalio/worker/package.json').version)
  for (const folder of ['workflows', 'domain'])
    for (const entry of (await readdir(join(root, folder), { recursive: true })).sort())
      if (entry.endsWith('.ts')) hash.update(entry).update(await readFile(join(root, folder, entry)))
  return hash.digest('hex').slice(0, 16)
}
