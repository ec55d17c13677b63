/** With which characters the texts begin that a part of a pattern matches; undefined where it may be any. */
interface Start {
  first: ReadonlySet<string> | undefined
  /** Whether it may match nothing, so that what follows decides. */
  empty: boolean
}

const anything: Start = { first: undefined, empty: true }
const nothing: Start = { first: new Set(), empty: true }

/**
 * Takes the source of a regular expression without flags (ECMA-262, 22.2.1), e.g. `(?:BUG|Oops): .`; returns the characters
 * with which a match can begin, undefined where that cannot be told or is any.
 */
export function firstCharacters(source: string): ReadonlySet<string> | undefined {
  const { first, empty } = new PatternStart(source).alternatives()
  return empty ? undefined : first
}

/** Reads a pattern from left to right, as far as needed to know how its matches begin. */
class PatternStart {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  /** Up to the end, or to the bracket that closes the group. */
  alternatives(): Start {
    let all = this.#sequence()
    while (this.#take('|')) all = either(all, this.#sequence())
    return all
  }

  #sequence(): Start {
    let start: Start = nothing
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at]!)) {
      const part = this.#quantified(this.#atom())
      if (start.empty) start = { first: union(start.first, part.first), empty: part.empty }
    }
    return start
  }

  #atom(): Start {
    const char = this.#source[this.#at++]!
    if (char === '(') return this.#group()
    if (char === '[') return this.#class()
    if (char === '.') return { first: undefined, empty: false }
    if (char === '^' || char === '$') return nothing
    if (char === '\\') return this.#escape()
    return { first: new Set([char]), empty: false }
  }

  #group(): Start {
    const opening = /^\?(?:[:=!]|<[=!]|<\w+>)/.exec(this.#source.slice(this.#at))?.[0] ?? ''
    this.#at += opening.length
    const inside = this.alternatives()
    this.#at++
    return /[=!]/.test(opening) ? nothing : inside
  }

  #class(): Start {
    while (this.#source[this.#at] !== ']') this.#at += this.#source[this.#at] === '\\' ? 2 : 1
    this.#at++
    return { first: undefined, empty: false }
  }

  /** A sign that is meant literally; whatever has letters or digits behind the backslash may be anything, or nothing as `\b`. */
  #escape(): Start {
    const char = this.#source[this.#at++]!
    return /\w/.test(char) ? anything : { first: new Set([char]), empty: false }
  }

  #quantified(part: Start): Start {
    const quantifier = /^(?:[?*+]|\{\d+(?:,\d*)?\})\??/.exec(this.#source.slice(this.#at))?.[0] ?? ''
    this.#at += quantifier.length
    return /^(?:[?*]|\{0)/.test(quantifier) ? { ...part, empty: true } : part
  }

  #take(char: string): boolean {
    const is = this.#source[this.#at] === char
    if (is) this.#at++
    return is
  }
}

function either(one: Start, other: Start): Start {
  return { first: union(one.first, other.first), empty: one.empty || other.empty }
}

function union(one: Start['first'], other: Start['first']): Start['first'] {
  return one && other && new Set([...one, ...other])
}
