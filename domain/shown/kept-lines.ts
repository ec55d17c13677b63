import type { ConsoleLine } from '../console/line.ts'

/** How much of one boot is kept of one file. A boot that says more in one kind of lines is counted, and shown from both ends. */
const limits = {
  /** Lines of one kind from the start. */
  first: 1_000,
  /** Lines of one kind up to the end. */
  last: 32,
  /** Lines of all initcalls and probes. */
  initcalls: 40_000,
  /** Lines that are kept only because a fault is near. */
  context: 20_000,
  /** Characters of one line. */
  text: 4_096,
}

/** The kind of lines that has its own limit. */
export const initcallLines = 'initcall'

function mostOf(kind: string): number {
  return kind === initcallLines ? limits.initcalls : limits.first
}

/** Keeps the lines of a boot that somebody may ask for, in memory that does not grow with the log. */
export class KeptLines {
  readonly #lines: ConsoleLine[] = []
  readonly #kinds = new Map<string, { count: number; last: ConsoleLine[] }>()
  #context = 0
  #newest: ConsoleLine | undefined

  /** Keeps a line for what it is; returns whether it is among the first of its kind. */
  keep(kind: string, line: ConsoleLine): boolean {
    let kept = this.#kinds.get(kind)
    if (!kept) this.#kinds.set(kind, (kept = { count: 0, last: [] }))
    const isFirst = ++kept.count <= mostOf(kind)
    if (isFirst) this.#add(line)
    else {
      kept.last.push(own(line))
      if (kept.last.length > limits.last) kept.last.shift()
    }
    return isFirst
  }

  /** Whether another line of a kind would be among the first. */
  hasRoom(kind: string): boolean {
    return (this.#kinds.get(kind)?.count ?? 0) < mostOf(kind)
  }

  /** Keeps a line that stands near one that matters. */
  near(line: ConsoleLine): void {
    if (this.#context >= limits.context || this.#isKept(line)) return
    this.#context++
    this.#add(line)
  }

  /** All kept lines in their order. */
  end(): ConsoleLine[] {
    const last = [...this.#kinds.values()].flatMap((kind) => kind.last)
    if (last.length === 0) return this.#lines
    const numbers = new Set(this.#lines.map(({ offset }) => offset))
    return [...this.#lines, ...last.filter(({ offset }) => !numbers.has(offset))].sort((a, b) => a.offset - b.offset)
  }

  #add(line: ConsoleLine): void {
    if (this.#isKept(line)) return
    this.#newest = line
    this.#lines.push(own(line))
  }

  #isKept(line: ConsoleLine): boolean {
    return this.#newest === line
  }
}

/**
 * A copy that does not hold on to the block of the file from which the line was cut: a slice keeps all of its string in
 * V8, and what is put together and cut again is a string of its own. To encode and decode it takes seven times as long.
 */
function own(line: ConsoleLine): ConsoleLine {
  const { number, offset, garbage, escapes } = line
  return {
    number,
    offset,
    ...(garbage !== undefined && { garbage }),
    ...(escapes !== undefined && { escapes }),
    text: ` ${line.text.slice(0, limits.text)}`.slice(1),
  }
}
