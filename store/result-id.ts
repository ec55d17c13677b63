/** What people call a result by: run `12`, cell `12.3`, attempt `12.3.1`; each number counts from 1. */
export type ResultId =
  | { kind: 'run'; run: number }
  | { kind: 'cell'; run: number; cell: number }
  | { kind: 'attempt'; run: number; cell: number; attempt: number }

/** `12`, `12.3` or `12.3.1`. */
export function formatResultId(id: ResultId): string {
  if (id.kind === 'run') return `${id.run}`
  if (id.kind === 'cell') return `${id.run}.${id.cell}`
  return `${id.run}.${id.cell}.${id.attempt}`
}

/** The id that `text` spells, whether or not such a result exists; undefined for any other text. */
export function parseResultId(text: string): ResultId | undefined {
  if (!/^[1-9]\d{0,8}(\.[1-9]\d{0,8}){0,2}$/.test(text)) return undefined
  return fromNumbers(text.split('.').map(Number))
}

/** What somebody may have meant who typed `#12`, `run 12`, `12/3` or `12,3,1`; undefined when no number is in it. */
export function guessResultId(text: string): ResultId | undefined {
  const numbers = (text.match(/\d{1,9}/g) ?? []).map(Number).filter((number) => number > 0)
  return fromNumbers(numbers.slice(0, 3))
}

function fromNumbers([run, cell, attempt]: number[]): ResultId | undefined {
  if (run === undefined) return undefined
  if (cell === undefined) return { kind: 'run', run }
  if (attempt === undefined) return { kind: 'cell', run, cell }
  return { kind: 'attempt', run, cell, attempt }
}
