import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import { failedHunk, movedHunks, movedInWords, type FailedHunk } from '../../domain/patches/patch-output.ts'
import { readDiffs, textOf, type FileDiff } from '../../domain/patches/read-diffs.ts'
import { run } from '../../host/run.ts'
import { asTheyAre } from '../input-files.ts'
import { requirePatches } from './read-patches.ts'
import type { SourceContext } from './source.ts'

/** Where patches go, and how closely they must fit. */
export interface PatchedTree {
  /** A copy that nobody else uses; it is left half-patched when a patch fails. */
  tree: string
  /** The source's name, for messages. */
  from: string
  /** Lines of context at either end of a hunk that need not be those of the source. */
  fuzz: number
}

/**
 * Applies patches in order with -p1, as quilt and Debian's own tools do; of a mailbox those of its series. Hunks that apply
 * elsewhere than they say are told, but for the patches of a Debian package, which lie in the cache.
 * @throws LabError PatchFailed naming the patch, the file and the hunk, and a fuzz with which it would apply
 */
export async function applyPatches(patches: string[], to: PatchedTree, context: SourceContext): Promise<void> {
  const files = context.files ?? asTheyAre
  const own = await mkdtemp(join(tmpdir(), 'hyplab-patches-'))
  try {
    for (const [index, path] of patches.entries()) {
      context.progress({ phase: 'patch', done: index, expected: patches.length })
      for (const { name, diffs, flowed } of (await requirePatches(path, files)).patches) {
        const file = diffs === undefined ? await files.at(path) : await written(join(own, 'diffs'), textOf(diffs))
        const { code, output } = await patch(file, to, context)
        const moved = movedHunks(output)
        if (code === 0 && moved.length > 0 && !path.startsWith(context.folders.cache))
          context.say?.(movedInWords(name, moved))
        if (code === 0) continue
        const sent = flowed ? ", which its sender's client sent as format=flowed and may have broken," : ''
        const start = `The patch ${name} (${path})${sent} does not apply to ${to.from}`
        const failed = failedHunk(output)
        if (failed === undefined) throw new LabError('PatchFailed', describePatchFailure(start, output))
        const hunk = hunkOf(diffs ?? readDiffs(Buffer.from(files.readPatch(path)).toString('latin1')).files, failed)
        const fuzz = hunk === undefined ? undefined : await fuzzFor(await written(join(own, 'hunk'), hunk), to, context)
        throw new LabError('PatchFailed', describeMisfit(start, failed, fuzz))
      }
    }
  } finally {
    await rm(own, { recursive: true, force: true })
  }
}

async function written(path: string, text: string): Promise<string> {
  await writeFile(path, text, 'latin1')
  return path
}

async function patch(
  file: string,
  { tree, fuzz }: PatchedTree,
  { signal }: SourceContext,
  more: string[] = [],
): Promise<{ code: number; output: string }> {
  const args = ['-p1', '--forward', '--batch', '--no-backup-if-mismatch', '--reject-file=-', `--fuzz=${fuzz}`]
  const { code, stdout, stderr } = await run('patch', [...args, ...more, '-i', file], { cwd: tree, signal })
  if (code === 127) throw new LabError('ToolMissing', 'There is no patch(1) on this machine; npm start installs it.')
  return { code, output: `${stdout}\n${stderr}` }
}

/** The hunk as a diff of its own. */
function hunkOf(diffs: readonly FileDiff[], { file, hunk }: FailedHunk): string | undefined {
  const of = diffs.find((diff) => diff.file === file && diff.hunks[hunk - 1] !== undefined)
  return of && of.head + of.hunks[hunk - 1]!
}

/** The fuzz with which a hunk that failed would have applied: the other hunks of its file have. */
async function fuzzFor(file: string, to: PatchedTree, context: SourceContext): Promise<number | undefined> {
  for (let fuzz = to.fuzz + 1; fuzz <= mostFuzz; fuzz++)
    if ((await patch(file, { ...to, fuzz }, context, ['--dry-run'])).code === 0) return fuzz
  return undefined
}

/** What a plan may allow: hunks have three lines of context, and with none of them they apply anywhere. */
const mostFuzz = 2

function describeMisfit(start: string, { file, hunk, line }: FailedHunk, fuzz: number | undefined): string {
  const fails = `${start}: hunk ${hunk} of ${file} fails at line ${line}`
  if (fuzz === undefined) return `${fails}.`
  return `${fails}, and would apply with fuzz ${fuzz}, for its context is not that of the source: renew the patch, or allow it with fuzz: ${fuzz} among the keys of the plan's kernel.`
}

/** Turns what GNU patch 2.7 says about a patch that does not apply, but for a hunk that fails, into one sentence. */
function describePatchFailure(start: string, output: string): string {
  let file = ''
  for (const line of output.split('\n')) {
    file = /^patching file '?([^']+?)'?$/.exec(line)?.[1] ?? file
    if (line.startsWith('Reversed (or previously applied) patch detected'))
      return `${start}: ${file} has that change already.`
    const missing = /^[|]?(?:\+\+\+|---) (?:[ab]\/)?(\S+)/.exec(line)
    if (missing?.[1] !== undefined && missing[1] !== '/dev/null') file = missing[1]
    if (/^patch: \*{4} (?!Only garbage)/.test(line)) return `${start}: ${line.replace(/^patch: \*{4} /, '')}.`
  }
  if (/can't find file to patch/.test(output)) return `${start}: there is no file ${file} in it.`
  if (/Only garbage was found/.test(output)) return `${start}: there is no diff in it.`
  return `${start}: ${output.trim().split('\n').at(-1) ?? ''}`
}
