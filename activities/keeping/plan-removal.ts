import { classOf } from '../../domain/keep/file-class.ts'
import type { FileClass, KeepRules } from '../../domain/keep/keep-rules.ts'
import { whatGoes, whyBuildGoes } from '../../domain/keep/what-goes.ts'
import { giveUpBuild, giveUpFiles, type GivenUp } from '../../store/keeping/give-up.ts'
import {
  readBuildFiles,
  readRunFiles,
  runNumbers,
  type AttemptFiles,
  type CellFiles,
  type RunFiles,
} from '../../store/keeping/run-files.ts'
import { readSpared, type Spared } from '../../store/keeping/spared.ts'
import { formatResultId } from '../../store/result-id.ts'
import type { Store } from '../../store/store.ts'

/** What was given up of an attempt, or of a build. */
export interface Removal {
  /** e.g. `12.3.1`, or a build's id. */
  of: string
  kind: 'attempt' | 'build'
  /** What of it: `logs`, `images`, ...; for a build its name. */
  what: string
  rule: string
  files: number
  /** Of the files, whether or not others share them. */
  bytes: number
}

/** What stays although a rule would give it up. */
export interface SparedBy {
  why: string
  attempts: number
}

/** What the rules give up, and what stays all the same. */
export interface Plan {
  removals: Removal[]
  spared: SparedBy[]
  /** With a dry run: the artifacts to which nothing would point any longer. */
  alsoGone: Set<string>
}

/**
 * Gives up, run by run, what the rules no longer keep: notes it in the database, where those who want it later read it.
 * @param now epoch ms
 * @throws the signal's reason
 */
export async function giveUp(
  store: Store,
  rules: KeepRules,
  { now, dryRun, signal }: { now: number; dryRun: boolean; signal: AbortSignal },
): Promise<Plan> {
  const spared = await readSpared(store, now)
  const tally = new Tally()
  for (const run of await runNumbers(store)) {
    signal.throwIfAborted()
    const files = await readRunFiles(store, run)
    const going = files.cells.flatMap((cell) => goingOf(cell, rules, now, spared, tally))
    tally.builds(files, going, spared)
    const given = dryRun ? going : await giveUpFiles(store, run, going, now)
    for (const one of given) tally.gone(files, one)
  }
  for (const build of await readBuildFiles(store)) {
    signal.throwIfAborted()
    const { id, name, kind, failed, made, files } = build
    const lastUsed = Math.max(made, tally.lastUsed.get(id) ?? 0)
    const rule = whyBuildGoes({ failed, lastUsed, spared: tally.wanted.get(id) }, rules, now)
    if (rule === undefined) {
      tally.keep(files)
      continue
    }
    if (!dryRun && !(await giveUpBuild(store, id, rule, now))) continue
    tally.giveUp(files)
    const bytes = files.reduce((sum, { size }) => sum + size, 0)
    tally.removals.push({ of: id, kind: 'build', what: `${kind} ${name}`, rule, files: files.length, bytes })
  }
  const reasons = [...tally.sparedBy].map(([why, attempts]) => ({ why, attempts }))
  return { removals: tally.removals, spared: reasons, alsoGone: dryRun ? tally.alsoGone() : new Set() }
}

/** What is counted over all runs and builds. */
class Tally {
  readonly removals: Removal[] = []
  readonly sparedBy = new Map<string, number>()
  /** Builds that stay, and why. */
  readonly wanted = new Map<string, string>()
  readonly lastUsed = new Map<string, number>()
  readonly #kept = new Set<string>()
  readonly #given = new Set<string>()

  spare(why: string): void {
    this.sparedBy.set(why, (this.sparedBy.get(why) ?? 0) + 1)
  }

  keep(files: readonly { sha256: string }[]): void {
    for (const { sha256 } of files) this.#kept.add(sha256)
  }

  giveUp(files: readonly { sha256: string }[]): void {
    for (const { sha256 } of files) this.#given.add(sha256)
  }

  alsoGone(): Set<string> {
    return new Set([...this.#given].filter((sha256) => !this.#kept.has(sha256)))
  }

  /** What a run's cells want of their builds, when this is given up of them. */
  builds({ run, started, cells }: RunFiles, going: readonly GivenUp[], spared: Spared): void {
    for (const { cell, builds, attempts } of cells) {
      const ended = attempts.map((attempt) => attempt.ended)
      const hasLogs = attempts.some((attempt) => staysWithLogs(attempt, going))
      const why = spared.why(run, cell) ?? (hasLogs ? 'an attempt with logs booted it' : undefined)
      for (const build of builds) {
        this.lastUsed.set(build, Math.max(started, ...ended, this.lastUsed.get(build) ?? 0))
        if (why !== undefined) this.wanted.set(build, why)
      }
    }
    const goes = new Set(going.flatMap(({ cell, attempt, names }) => names.map((name) => `${cell}.${attempt} ${name}`)))
    for (const attempt of cells.flatMap((cell) => cell.attempts))
      this.keep(attempt.files.filter(({ name }) => !goes.has(`${attempt.cell}.${attempt.number} ${name}`)))
  }

  gone({ run, cells }: RunFiles, { cell, attempt, names, rule }: GivenUp): void {
    const had = cells.find((one) => one.cell === cell)?.attempts.find(({ number }) => number === attempt)?.files ?? []
    const files = had.filter(({ name }) => names.includes(name))
    this.giveUp(files)
    this.removals.push({
      of: formatResultId({ kind: 'attempt', run, cell, attempt }),
      kind: 'attempt',
      what: classOf(names[0]!),
      rule,
      files: files.length,
      bytes: files.reduce((sum, { size }) => sum + size, 0),
    })
  }
}

function staysWithLogs({ cell, number, files }: AttemptFiles, going: readonly GivenUp[]): boolean {
  const logs = files.filter(({ name }) => classOf(name) === 'logs')
  const gone = going.some((one) => one.cell === cell && one.attempt === number && classOf(one.names[0]!) === 'logs')
  return logs.length > 0 && !gone
}

function goingOf(
  { cell, verdict, attempts }: CellFiles,
  rules: KeepRules,
  now: number,
  spared: Spared,
  tally: Tally,
): GivenUp[] {
  const going: GivenUp[] = []
  for (const { run, number, ended, ending, files } of attempts) {
    const classes = new Set<FileClass>(files.map(({ name }) => classOf(name)))
    const lastGood = spared.isLastGood(run, cell)
    const seen = { ended, ending, verdict, lastGood, classes }
    const goes = whatGoes({ ...seen, spared: undefined }, rules, now)
    const why = spared.why(run, cell)
    if (goes.length > 0 && why !== undefined) tally.spare(why)
    for (const { class: kind, rule } of whatGoes({ ...seen, spared: why }, rules, now)) {
      const names = files.filter(({ name }) => classOf(name) === kind).map(({ name }) => name)
      going.push({ run, cell, attempt: number, names, rule })
    }
  }
  return going
}
