import type { LineSums } from './line-sums.ts'
import type { LogSumsBody, TargetRecord } from './record.ts'

/** What a kernel's log was when init told of it, and what a console brought of it. */
export interface KernelLog {
  /** How many lines the kernel had said on its console by then. */
  lines: number
  /** Messages that the kernel itself had no more: nothing tells whether they came whole. */
  lost: number
  /** Lines that did not come over the console as they were said, counted from 0. */
  damaged: number[]
  /** Those of them that init gave again. */
  mended: number
  /** The records that tell of it, in order. */
  sums: TargetRecord[]
}

/** The sums of a `log` record, one a line. */
export function sumsOf({ sums }: LogSumsBody): number[] {
  return Array.from({ length: sums.length / 8 }, (_, n) => Number.parseInt(sums.slice(8 * n, 8 * n + 8), 16))
}

/** The lines of a console, as they came. */
export interface HeardLines {
  console: string
  lines: LineSums
}

/**
 * Holds what the consoles brought against the kernel's own log.
 * @param heard of each console; the kernel speaks on the one that brought most of its lines
 * @param records all that init reported
 * @returns undefined where init told nothing of the log, or not all: its records went another way, or it did not come so far
 */
export function kernelLogOf(
  heard: readonly HeardLines[],
  records: readonly TargetRecord[],
): (KernelLog & { console: string }) | undefined {
  const logs = heard.flatMap(({ console, lines }) => {
    const log = heldAgainst(lines, records)
    return log ? [{ ...log, console }] : []
  })
  return logs.toSorted((a, b) => a.damaged.length - b.damaged.length)[0]
}

function heldAgainst(console: LineSums, records: readonly TargetRecord[]): KernelLog | undefined {
  const sums = records.filter(({ body }) => body.fact === 'log')
  const bodies = sums.flatMap(({ body }) => (body.fact === 'log' ? [body] : []))
  const [first] = bodies
  const wanted = bodies.flatMap(sumsOf)
  if (!first || wanted.length !== first.lines || bodies.some(({ lines }) => lines !== first.lines)) return undefined
  const again = givenAgain(records)
  const damaged = wanted.flatMap((sum, n) => (console.has(sum) ? [] : [n]))
  const mended = damaged.filter((n) => again.has(n)).length
  return { lines: wanted.length, lost: first.lost, damaged, mended, sums }
}

/**
 * The whole log as the kernel said it, one character for each byte; undefined while a line of it is not had.
 * @param lines of the console that brought it, with the texts of the lines that `log` records have sums of
 */
export function kernelLogText(
  { sums }: KernelLog,
  lines: LineSums,
  records: readonly TargetRecord[],
): string[] | undefined {
  const again = givenAgain(records)
  const wanted = sums.flatMap(({ body }) => (body.fact === 'log' ? sumsOf(body) : []))
  const text = wanted.flatMap((sum, n) => lines.line(sum) ?? again.get(n) ?? [])
  return text.length === wanted.length ? text : undefined
}

function givenAgain(records: readonly TargetRecord[]): Map<number, string> {
  return new Map(records.flatMap(({ body }) => (body.fact === 'log-line' ? [[body.line, body.text]] : [])))
}
