import type { Shown } from '../attempt.ts'
import type { RecordBody, TargetRecord } from '../records/record.ts'
import type { Fault } from '../faults/fault.ts'
import { faultsOf } from '../faults/read-faults.ts'
import type { Sighting } from '../signatures/sighting.ts'
import { knownIn } from '../shown/known-lines.ts'

/** A record with a body of the kind asked for. */
export type RecordOf<Fact extends RecordBody['fact']> = TargetRecord & { body: Extract<RecordBody, { fact: Fact }> }

/** What an attempt showed, indexed: consoles are read through the catalogue once, whatever the number of probes. */
export class Seen {
  readonly shown: Shown
  readonly #sightings = new Map<string, Sighting[]>()
  #faults: Fault[] | undefined
  /** Every known line, console by console, in order. */
  readonly sightings: Sighting[] = []

  constructor(shown: Shown) {
    this.shown = shown
    for (const log of shown.consoles) {
      for (const { index, match } of knownIn(log)) {
        const sighting = { log, index, match }
        this.sightings.push(sighting)
        const same = this.#sightings.get(match.signature.id)
        if (same) same.push(sighting)
        else this.#sightings.set(match.signature.id, [sighting])
      }
    }
  }

  /** The faults that the consoles report, console by console, in order. */
  get faults(): readonly Fault[] {
    return (this.#faults ??= faultsOf(this.shown.consoles))
  }

  /** All lines of one signature whose groups have the values given. */
  all(id: string, groups: Record<string, string> = {}): Sighting[] {
    const wanted = Object.entries(groups)
    return (this.#sightings.get(id) ?? []).filter(({ match }) =>
      wanted.every(([name, value]) => match.groups[name] === value),
    )
  }

  /** The first such line. */
  first(id: string, groups: Record<string, string> = {}): Sighting | undefined {
    return this.all(id, groups)[0]
  }

  /** The last such line. */
  last(id: string, groups: Record<string, string> = {}): Sighting | undefined {
    return this.all(id, groups).at(-1)
  }

  /** All records of one kind, by sequence number. */
  records<Fact extends RecordBody['fact']>(fact: Fact): RecordOf<Fact>[] {
    return this.shown.records
      .filter((record): record is RecordOf<Fact> => record.body.fact === fact)
      .sort((a, b) => a.sequence - b.sequence)
  }

  /** A requested config symbol of the kernel, without CONFIG_: `y`, `m`, `n`, a value, or undefined where the build did not say. */
  symbol(name: string): string | undefined {
    return this.shown.asked.config[name]
  }

  /** The kernel's command line as it was asked for, else as the kernel repeats it; undefined where neither is known. */
  get commandLine(): string | undefined {
    const { cmdline } = this.shown.asked
    if (cmdline !== undefined) return cmdline
    const pieces = this.all('linux.cmdline')
    // Since 7.x a long one is cut, and each piece but the last ends in a backslash (init/main.c print_kernel_cmdline()).
    const last = pieces.findIndex(({ match }) => match.groups['more'] === undefined)
    if (last < 0) return undefined
    return pieces
      .slice(0, last + 1)
      .map(({ match }) => match.groups['words'] ?? '')
      .join(' ')
  }

  /** Whether what is not on the known part of the command line may be on it all the same. */
  get commandLineIsCut(): boolean {
    return this.shown.asked.cmdlineIsCut ?? false
  }

  /** Whether a word is known to stand on the kernel command line. */
  onCommandLine(word: string): boolean {
    return this.commandLine?.split(/\s+/).includes(word) ?? false
  }
}

/** Whether one line came before another; undefined for lines of different consoles, which nothing orders. */
export function isBefore(a: Sighting, b: Sighting): boolean | undefined {
  return a.log === b.log ? a.index < b.index : undefined
}
