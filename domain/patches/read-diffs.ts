/** The change of one file, as a unified diff tells it. */
export interface FileDiff {
  /** Below the tree, without `a/` or `b/`. */
  file: string
  /** The lines before the first hunk, each with its line end. */
  head: string
  /** The hunks, each from its `@@` on. */
  hunks: string[]
}

/** A hunk that has not the lines that its `@@` counts. */
export interface BrokenHunk {
  file: string
  /** From 1. */
  hunk: number
  /** What became of it: a line in it begins as none of a diff does; lines are missing at its end; it has lines too many. */
  how: 'foreign line' | 'cut' | 'too long'
  /** The line at which it shows; empty where the text ends. */
  line: string
}

/** What is a diff in some text. */
export interface Diffs {
  files: FileDiff[]
  broken?: BrokenHunk
}

const extended =
  /^(old mode|new mode|deleted file mode|new file mode|copy from|copy to|rename from|rename to|similarity index|dissimilarity index|index [0-9a-f]|Binary files )/

/**
 * Finds the unified diffs in a text and passes over everything around them: the message, the diffstat, a signature. Hunks
 * are counted as `git apply` and patch(1) do, so that a line that a mail client broke or wrapped is noticed here.
 * @param text bytes as letters of Latin-1, lines ended by LF; a CR before it belongs to the line
 */
export function readDiffs(text: string): Diffs {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  const files: FileDiff[] = []
  for (let at = 0; at < lines.length;) {
    const head = headAt(lines, at)
    if (head === undefined) {
      at += 1
      continue
    }
    const diff: FileDiff = { file: head.file, head: `${lines.slice(at, head.end).join('\n')}\n`, hunks: [] }
    files.push(diff)
    at = head.end
    for (let counts = countsIn(lines[at]); counts !== undefined; counts = countsIn(lines[at])) {
      const { end, how } = endOfHunk(lines, at, counts)
      const hunk = diff.hunks.length + 1
      if (how !== undefined) return { files, broken: { file: diff.file, hunk, how, line: lines[end] ?? '' } }
      diff.hunks.push(`${lines.slice(at, end).join('\n')}\n`)
      at = end
    }
  }
  return { files }
}

/** The diffs alone, as one text. */
export function textOf(files: readonly FileDiff[]): string {
  return files.map(({ head, hunks }) => head + hunks.join('')).join('')
}

/** The head of a file's diff that begins at a line: `diff --git` and what goes with it, or `---` and `+++`. */
function headAt(lines: readonly string[], at: number): { end: number; file: string } | undefined {
  const first = lines[at] ?? ''
  const named = /^diff --git "?a\/(?:.*?) "?b\/(.*?)"?\r?$/.exec(first)?.[1]
  let end = at
  if (first.startsWith('diff -')) {
    end += 1
    while (extended.test(lines[end] ?? '')) end += 1
    if (lines[end]?.startsWith('GIT binary patch')) return { end: endOfBinary(lines, end), file: named ?? '' }
  }
  if (/^--- \S/.test(lines[end] ?? '') && /^\+\+\+ \S/.test(lines[end + 1] ?? '') && countsIn(lines[end + 2])) {
    const [from, to] = [pathIn(lines[end]!), pathIn(lines[end + 1]!)]
    return { end: end + 2, file: to === '/dev/null' ? from : to }
  }
  // A file that is empty, or that changes its name or mode only, has no hunks.
  return named !== undefined && end > at + 1 ? { end, file: named } : undefined
}

function pathIn(line: string): string {
  const path = line.slice(4).replace(/\t.*$|\r$/, '')
  return path === '/dev/null' ? path : path.replace(/^"?[^/]*\//, '').replace(/"$/, '')
}

/** Both parts of a binary patch end at an empty line (Documentation/gitformat-patch is silent; git's apply.c). */
function endOfBinary(lines: readonly string[], at: number): number {
  let end = at + 1
  for (let parts = 0; parts < 2 && /^(literal|delta) \d+/.test(lines[end] ?? ''); parts++) {
    while (end < lines.length && lines[end] !== '') end += 1
    end += 1
  }
  return Math.min(end, lines.length)
}

function countsIn(line: string | undefined): { old: number; new: number } | undefined {
  const found = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line ?? '')
  return found === null ? undefined : { old: Number(found[1] ?? 1), new: Number(found[2] ?? 1) }
}

/** @returns the line behind the hunk; where it is broken, the line at which that shows, and how */
function endOfHunk(
  lines: readonly string[],
  at: number,
  counts: { old: number; new: number },
): { end: number; how?: BrokenHunk['how'] } {
  let { old, new: now } = counts
  let end = at + 1
  while (old > 0 || now > 0) {
    const line = lines[end]
    if (line === undefined) return { end, how: 'cut' }
    // Mail clients take away the blank that an empty line of context has; patch(1) and git know that.
    const mark = line === '' || line === '\r' ? ' ' : line[0]!
    if (mark === ' ' || mark === '-') old -= 1
    if (mark === ' ' || mark === '+') now -= 1
    if (!' -+\\'.includes(mark)) {
      // Where lines are missing, the line of the signature was taken for one that goes.
      const isNext = /^(@@ -|diff -)/.test(line) || /^-- ?\r?$/.test(lines[end - 1]!)
      return { end, how: isNext ? 'cut' : 'foreign line' }
    }
    if (old < 0 || now < 0) return { end, how: /^-- ?\r?$|^--- |^\s*$/.test(line) ? 'cut' : 'too long' }
    end += 1
  }
  const isSigned = /^-- ?\r?$/.test(lines[end - 1]!) && /^\d+\.\d+[\w.-]*( \(.*\))?\r?$/.test(lines[end] ?? '')
  if (isSigned) return { end: end - 1, how: 'cut' }
  if (lines[end]?.startsWith('\\ ')) end += 1
  const next = lines[end] ?? ''
  if (/^[ +-]/.test(next) && !/^(-- ?\r?$|--- |---|\s*$|-{2,})/.test(next)) return { end, how: 'too long' }
  return { end }
}
