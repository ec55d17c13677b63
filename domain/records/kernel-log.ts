import { LineSums } from './line-sums.ts'
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
  /** The whole log as the kernel said it, one character for each byte; undefined while a line of it is not had. */
  text?: string[]
  /** The records that tell of it, in order. */
  sums: TargetRecord[]
}

/** The sums of a `log` record, one a line. */
export function sumsOf({ sums }: LogSumsBody): number[] {
  return Array.from({ length: sums.length / 8 }, (_, n) => Number.parseInt(sums.slice(8 * n, 8 * n + 8), 16))
}

/**
 * Holds what a console brought against the kernel's own log.
 * @param raw the console's bytes
 * @param records all that init reported over it
 * @returns undefined where init told nothing of the log, or not all: its records went another way, or it did not come so far
 */
export function kernelLogOf(raw: Uint8Array, records: readonly TargetRecord[]): KernelLog | undefined {
  const sums = records.filter(({ body }) => body.fact === 'log')
  const bodies = sums.flatMap(({ body }) => (body.fact === 'log' ? [body] : []))
  const [first] = bodies
  const wanted = bodies.flatMap(sumsOf)
  if (!first || wanted.length !== first.lines || bodies.some(({ lines }) => lines !== first.lines)) return undefined
  const console = new LineSums()
  console.feed(raw)
  const again = new Map(records.flatMap(({ body }) => (body.fact === 'log-line' ? [[body.line, body.text]] : [])))
  const heard = wanted.map((sum) => console.line(sum))
  const text = heard.map((line, n) => line ?? again.get(n))
  const damaged = heard.flatMap((line, n) => (line === undefined ? [n] : []))
  const whole = text.every((line) => line !== undefined)
  return {
    lines: wanted.length,
    lost: first.lost,
    damaged,
    mended: damaged.filter((n) => again.has(n)).length,
    ...(whole ? { text } : {}),
    sums,
  }
}
