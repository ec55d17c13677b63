import { basename } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import { run } from '../../host/run.ts'
import { sha256 } from '../../host/sha256.ts'
import { asTheyAre, type InputFiles } from '../input-files.ts'
import type { SourceContext } from './source.ts'

/**
 * The sha256 of each patch.
 * @throws LabError SourceMissing naming the first that is not there; BadInput for one that is no file
 */
export function patchHashes(patches: string[], files: InputFiles = asTheyAre): string[] {
  return patches.map((patch) => {
    try {
      return sha256(files.read(patch))
    } catch (cause) {
      throw cause instanceof LabError ? cause : new LabError('SourceMissing', `There is no patch ${patch}.`, { cause })
    }
  })
}

/**
 * Applies patches in order with -p1, as quilt and Debian's own tools do.
 * @param tree a copy that nobody else uses; it is left half-patched when a patch fails
 * @param from the source's name, for messages
 * @throws LabError PatchFailed naming the patch, the file and the hunk
 */
export async function applyPatches(
  patches: string[],
  tree: string,
  from: string,
  context: SourceContext,
): Promise<void> {
  for (const [index, patch] of patches.entries()) {
    context.progress({ phase: 'patch', done: index, expected: patches.length })
    const file = await (context.files ?? asTheyAre).at(patch)
    const args = ['-p1', '--forward', '--batch', '--no-backup-if-mismatch', '--reject-file=-', '-i', file]
    const { code, stdout, stderr } = await run('patch', args, { cwd: tree, signal: context.signal })
    if (code === 127) throw new LabError('ToolMissing', 'There is no patch(1) on this machine; npm start installs it.')
    if (code !== 0) throw new LabError('PatchFailed', describePatchFailure(patch, from, `${stdout}\n${stderr}`))
  }
}

/** Turns what GNU patch 2.7 says about a patch that does not apply into one sentence. */
export function describePatchFailure(patch: string, from: string, output: string): string {
  const start = `The patch ${basename(patch)} (${patch}) does not apply to ${from}`
  let file = ''
  for (const line of output.split('\n')) {
    file = /^patching file '?([^']+?)'?$/.exec(line)?.[1] ?? file
    const hunk = /^Hunk #(\d+) FAILED at (\d+)/.exec(line)
    if (hunk !== null) return `${start}: hunk ${hunk[1]} of ${file} fails at line ${hunk[2]}.`
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
