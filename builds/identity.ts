import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { FileMemo } from '../host/file-memo.ts'
import { sha256, sha256File } from '../host/sha256.ts'
import type { BuildIdentity } from '../domain/build.ts'

/**
 * JSON with the keys of every object in order and no white space, so that equal values have equal text. Keys whose value
 * is undefined are left out, as JSON.stringify does.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}

/** The sources of what we build for a target are asked for before each boot. */
const hashes = new FileMemo<string>()
const beingHashed = new Map<string, Promise<string>>()

/**
 * sha256 in hex over the names and bytes of all regular files below a folder; its own place does not matter. Who asks while
 * it is worked out for somebody else gets the same answer.
 * @throws ENOENT when the folder does not exist.
 */
export function sha256Folder(folder: string): Promise<string> {
  const hash = beingHashed.get(folder) ?? hashFolder(folder).finally(() => beingHashed.delete(folder))
  beingHashed.set(folder, hash)
  return hash
}

async function hashFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const hashed = files.map(
    async (path) => [path.slice(folder.length), await hashes.of(path, 'sha256', () => sha256File(path))] as const,
  )
  return sha256(canonicalJson(Object.fromEntries(await Promise.all(hashed))))
}

/** Names a build by everything that can change its bytes. `name` is for people and is not hashed. */
export function buildIdentity(
  kind: BuildIdentity['kind'],
  name: string,
  inputs: Record<string, unknown>,
): BuildIdentity {
  return { kind, name, id: sha256(canonicalJson(inputs)), inputs }
}
