import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import { run, runOrThrow } from '../../host/run.ts'

/** How one source tree differs from another; paths of files and links below the tree. */
export interface TreeDifference {
  changed: string[]
  added: string[]
  removed: string[]
  /** What is in both and equal, with the time of the second tree's, in milliseconds since 1970. */
  same: Map<string, number>
}

interface Entry {
  type: string
  size: string
  time: string
  target: string
}

/** So many files are read here; to start a program for them takes longer. */
const few = 500

/**
 * Compares the files and links of two trees. Files of one size are read, unless their times are equal to the nanosecond,
 * too: then both came out of one archive.
 * @throws LabError BadInput when a tree cannot be read, ToolMissing without find and diff; the signal's reason
 */
export async function compareTrees(from: string, to: string, signal: AbortSignal): Promise<TreeDifference> {
  const [before, after] = [await list(from, signal), await list(to, signal)]
  const difference: TreeDifference = { changed: [], added: [], removed: [], same: new Map() }
  const alike: string[] = []
  for (const path of before.keys()) if (!after.has(path)) difference.removed.push(path)
  for (const [path, entry] of after) {
    const old = before.get(path)
    const same = old && isSame(old, entry)
    if (!old) difference.added.push(path)
    else if (same === undefined) alike.push(path)
    else if (same) difference.same.set(path, timeOf(entry))
    else difference.changed.push(path)
  }
  const differ = alike.length > few ? await diff(from, to, signal) : undefined
  for (const path of alike) {
    const isEqual =
      differ && plain.test(path)
        ? !differ.has(`Files ${join(from, path)} and ${join(to, path)} differ`)
        : await haveEqualBytes(join(from, path), join(to, path), signal)
    if (isEqual) difference.same.set(path, timeOf(after.get(path)!))
    else difference.changed.push(path)
  }
  return difference
}

/** Paths that diff prints as they are. */
const plain = /^[\w./+@%,-]+$/

/** What diff(1) says of two folders, by lines. */
async function diff(from: string, to: string, signal: AbortSignal): Promise<Set<string>> {
  const { code, stdout, stderr } = await run('diff', ['-rq', '--no-dereference', from, to], { signal })
  if (code > 1) throw new LabError('BadInput', `${from} and ${to} cannot be compared: ${stderr.trim()}`)
  return new Set(stdout.split('\n'))
}

async function list(tree: string, signal: AbortSignal): Promise<Map<string, Entry>> {
  const format = String.raw`%y\0%s\0%T@\0%l\0%P\0`
  const said = await runOrThrow(
    'find',
    [tree, '-type', 'f', '-printf', format, '-o', '-type', 'l', '-printf', format],
    {
      signal,
    },
  )
  const fields = said.split('\0')
  const entries = new Map<string, Entry>()
  for (let at = 0; at + 4 < fields.length; at += 5) {
    const [type, size, time, target, path] = fields.slice(at, at + 5) as [string, string, string, string, string]
    entries.set(path, { type, size, time, target })
  }
  return entries
}

/** Milliseconds since 1970. */
function timeOf({ time }: Entry): number {
  return Number(time) * 1000
}

/** Undefined where only the bytes can tell. */
function isSame(one: Entry, other: Entry): boolean | undefined {
  if (one.type !== other.type || one.size !== other.size || one.target !== other.target) return false
  return one.type === 'l' || one.time === other.time ? true : undefined
}

const piece = 1024 * 1024

async function haveEqualBytes(one: string, other: string, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted()
  await using first = await open(one)
  await using second = await open(other)
  const [here, there] = [Buffer.allocUnsafe(piece), Buffer.allocUnsafe(piece)]
  for (;;) {
    const [{ bytesRead: read }, { bytesRead: alike }] = await Promise.all([
      first.read(here, 0, piece),
      second.read(there, 0, piece),
    ])
    if (read !== alike || !here.subarray(0, read).equals(there.subarray(0, read))) return false
    if (read === 0) return true
  }
}
