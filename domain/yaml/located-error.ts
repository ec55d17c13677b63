/** One mistake in a file of the user's, with its place. Lines and columns count from 1. */
export interface LocatedError {
  /** The file as the caller named it: a plan, a lab, a recipe, or a fragment that one of them uses. */
  file: string
  line: number
  column: number
  /** What is wrong. */
  message: string
  /** What would be right; may be empty. */
  hint: string
}

/** A place in the text, both from 1. */
export interface Position {
  line: number
  column: number
}

/** @returns one line in the form that editors and terminals turn into a link: `plan.yaml:12:7: what is wrong; what would be right` */
export function formatError(error: LocatedError): string {
  const { file, line, column, message, hint } = error
  const said = `${file}:${line}:${column}: ${message}${hint === '' ? '' : `; ${hint}`}`
  // A message quotes the file, and what it quotes must neither break the line nor command the terminal.
  return said.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
}

/** Sorts as a reader goes through the files: the first file itself, then by file, line and column; twins are dropped. */
export function inReadingOrder(errors: LocatedError[], first: string): LocatedError[] {
  const unique = new Map(errors.map((error) => [formatError(error), error]))
  const rank = (file: string) => (file === first ? '' : file)
  return [...unique.values()].sort((a, b) => {
    if (a.file !== b.file) return rank(a.file) < rank(b.file) ? -1 : 1
    return a.line - b.line || a.column - b.column
  })
}
