import type { NotRun } from '../not-run.ts'

/** A cell that waits for its turn. */
export interface Waiting {
  /** Where it comes in the night: the lowest first. Each has its own. */
  position: number
  /** The class of its target, by which time is budgeted. */
  class: string
  /** How long its boots may take, seconds; undefined where nobody knows. */
  seconds: number | undefined
  /** Whether it takes one of the host's places, of which there are only so many at once. */
  onHost: boolean
}

/** Whether a cell may begin now, later, or no more. */
export type Turn = 'begin' | 'wait' | 'never'

/**
 * Who goes next in a night: so many at once on this host, the most telling first, and of each class that has a budget
 * no more than fits into it. A cell begins only if its boots, as long as they took before, fit into what is left, less
 * what those that run may take; one that has begun is finished. A cell of which nobody knows how long it takes has all
 * that is left until it is seen.
 */
export class Turns {
  readonly #atOnce: number
  readonly #budget: Readonly<Record<string, number>>
  readonly #spent: Map<string, number>
  /** In the order of the night. */
  readonly #waiting: Waiting[] = []
  /** What runs, and how much of its class's budget is kept for it, seconds. */
  readonly #running = new Map<Waiting, number>()
  /** Whose turn it is as things are, worked out for all who wait when the first of them asks. */
  #turns: Map<Waiting, Turn> | undefined

  /**
   * @param budget seconds of boots by class; a class without one has no end of them
   * @param spent seconds that the boots of each class have taken already
   */
  constructor(
    atOnce: number,
    budget: Readonly<Record<string, number>> = {},
    spent: Readonly<Record<string, number>> = {},
  ) {
    this.#atOnce = atOnce
    this.#budget = budget
    this.#spent = new Map(Object.entries(spent))
  }

  /** Seconds that the boots of each class have taken, by class. */
  spent(): Record<string, number> {
    return Object.fromEntries(this.#spent)
  }

  /** Puts a cell among those that wait. */
  enter(cell: Waiting): void {
    const before = this.#waiting.findLastIndex((other) => other.position < cell.position)
    this.#waiting.splice(before + 1, 0, cell)
    this.#turns = undefined
  }

  /** Of a cell that waits. All who wait ask after each step of a night, so that one look answers them all. */
  turnOf(cell: Waiting): Turn {
    this.#turns ??= this.#lookAtAll()
    return this.#turns.get(cell)!
  }

  /** A cell whose turn it is begins. */
  begin(cell: Waiting): void {
    this.#leave(cell)
    this.#running.set(cell, this.isBudgeted(cell) ? (cell.seconds ?? this.#left(cell.class)) : 0)
  }

  /** A cell is not run, or its story is over before it began. */
  giveUp(cell: Waiting): void {
    this.#leave(cell)
  }

  /** @param seconds that its boots took */
  end(cell: Waiting, seconds: number): void {
    this.#running.delete(cell)
    this.#turns = undefined
    this.#spent.set(cell.class, (this.#spent.get(cell.class) ?? 0) + seconds)
  }

  isBudgeted({ class: name }: Waiting): boolean {
    return Object.hasOwn(this.#budget, name)
  }

  #leave(cell: Waiting): void {
    const at = this.#waiting.indexOf(cell)
    if (at !== -1) this.#waiting.splice(at, 1)
    this.#turns = undefined
  }

  /**
   * A cell waits for the more telling ones that could go, and for those of its class that wait for what it would take of
   * their budget.
   */
  #lookAtAll(): Map<Waiting, Turn> {
    const turns = new Map<Waiting, Turn>()
    const hostIsFull = this.#onHost() >= this.#atOnce
    let hostIsAwaited = false
    const awaited = new Set<string>()
    for (const cell of this.#waiting) {
      const fits = this.#fits(cell)
      const budgeted = this.isBudgeted(cell)
      const isLater = (budgeted && awaited.has(cell.class)) || (cell.onHost && (hostIsFull || hostIsAwaited))
      turns.set(cell, fits === 'begin' && isLater ? 'wait' : fits)
      if (budgeted && fits !== 'never') awaited.add(cell.class)
      if (cell.onHost && fits === 'begin') hostIsAwaited = true
    }
    return turns
  }

  #fits(cell: Waiting): Turn {
    if (!this.isBudgeted(cell)) return 'begin'
    const left = this.#left(cell.class)
    const alone = ![...this.#running.keys()].some((other) => other.class === cell.class)
    if (alone && left <= 0) return 'never'
    if (cell.seconds === undefined) return alone ? 'begin' : 'wait'
    if (cell.seconds <= left) return 'begin'
    // Those that run may take less than is kept for them.
    return alone ? 'never' : 'wait'
  }

  #left(name: string): number {
    return this.#budget[name]! - (this.#spent.get(name) ?? 0) - this.#kept(name)
  }

  #kept(name: string): number {
    return [...this.#running].reduce((sum, [cell, seconds]) => sum + (cell.class === name ? seconds : 0), 0)
  }

  #onHost(): number {
    return [...this.#running.keys()].filter(({ onHost }) => onHost).length
  }
}

/** What is said of a cell for which its class had too little time left. @param seconds the class's budget */
export function overBudget({ class: name }: Waiting, seconds: number): NotRun {
  return { why: 'budget', sentence: `too little was left of the budget of ${name}, ${inMinutes(seconds)}` }
}

function inMinutes(seconds: number): string {
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`
  const minutes = seconds / 60
  return minutes < 120 ? `${Number(minutes.toFixed(1))} min` : `${Number((minutes / 60).toFixed(1))} h`
}
