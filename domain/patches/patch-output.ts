/** A hunk that applied, but elsewhere than its `@@` says, or although not all of its context is there. */
export interface MovedHunk {
  file: string
  hunk: number
  /** Lines further down; negative for further up. */
  offset: number
  /** Lines of context at either end that are not those of the source; 0 when all are. */
  fuzz: number
}

const patching = /^(?:patching|checking) file '?(.+?)'?(?: \((?:renamed|copied) from .*\)| using Plan [AB].*)?$/

/** What GNU patch 2.7 says of hunks that did not fit where they should. @param output as it says it with LC_ALL=C */
export function movedHunks(output: string): MovedHunk[] {
  const moved: MovedHunk[] = []
  let file = ''
  for (const line of output.split('\n')) {
    file = patching.exec(line)?.[1] ?? file
    const hunk = /^Hunk #(\d+) succeeded at -?\d+(?: with fuzz (\d+))?(?: \(offset (-?\d+) lines?\))?\./.exec(line)
    if (hunk !== null)
      moved.push({ file, hunk: Number(hunk[1]), fuzz: Number(hunk[2] ?? 0), offset: Number(hunk[3] ?? 0) })
  }
  return moved
}

/** One sentence on hunks that moved; of many the first three. */
export function movedInWords(patch: string, moved: readonly MovedHunk[]): string {
  const shown = moved.slice(0, 3).map(({ file, hunk, offset, fuzz }) => {
    const lines = `${Math.abs(offset)} ${Math.abs(offset) === 1 ? 'line' : 'lines'} further ${offset < 0 ? 'up' : 'down'}`
    const where = offset === 0 ? 'where it says' : lines
    return `hunk ${hunk} of ${file} applies ${where}${fuzz === 0 ? '' : ` with fuzz ${fuzz}`}`
  })
  const more = moved.length > shown.length ? `, and ${moved.length - shown.length} more` : ''
  return `${patch}: ${shown.join(', ')}${more}.`
}

/** Where a patch failed. */
export interface FailedHunk {
  file: string
  hunk: number
  /** The line at which it was to apply. */
  line: number
}

/** The first hunk that GNU patch 2.7 could not apply; undefined where it failed by something else. */
export function failedHunk(output: string): FailedHunk | undefined {
  let file = ''
  for (const line of output.split('\n')) {
    file = patching.exec(line)?.[1] ?? file
    const hunk = /^Hunk #(\d+) FAILED at (\d+)/.exec(line)
    if (hunk !== null) return { file, hunk: Number(hunk[1]), line: Number(hunk[2]) }
  }
  return undefined
}
