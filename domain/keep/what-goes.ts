import type { Ending } from '../attempt.ts'
import { conclusionOfVerdict } from '../night/conclusion.ts'
import type { Verdict } from '../verdict/verdict.ts'
import { fileClasses, type FileClass, type Keep, type KeepRules } from './keep-rules.ts'

/** An attempt that has ended, as the rules see it. */
export interface KeptAttempt {
  /** Epoch ms. */
  ended: number
  ending: Ending
  /** Of its cell; null where the run was cancelled before. */
  verdict: Verdict | null
  /** It is of the last good result of its cell before one that was not: what a regression is held against. */
  lastGood: boolean
  /** Why nothing of it may go, whatever the rules say; undefined when they decide. */
  spared: string | undefined
  /** The classes of the files that it still has. */
  classes: ReadonlySet<FileClass>
}

/** What goes of an attempt, and by which rule: `logs of passed attempts: 30 days`. */
export interface Going {
  class: FileClass
  rule: string
}

/**
 * What goes of an attempt by the rules. What was booted stays for as long as the logs do: without it nobody can boot the
 * same again.
 * @param now epoch ms
 */
export function whatGoes(attempt: KeptAttempt, rules: KeepRules, now: number): Going[] {
  if (attempt.spared !== undefined) return []
  const failed = isFailed(attempt)
  const whose = failed ? 'failed' : 'passed'
  const past = ({ age }: Keep): boolean => now - attempt.ended > age
  const going: Going[] = []
  for (const kind of fileClasses) {
    if (!attempt.classes.has(kind)) continue
    const keep = kind === 'images' ? rules.images : rules[kind][whose]
    const logsStay = attempt.classes.has('logs') && !past(rules.logs[whose])
    if (!past(keep) || (kind === 'images' && logsStay)) continue
    const of = kind === 'images' ? 'images without logs' : `${kind} of ${whose} attempts`
    going.push({ class: kind, rule: `${of}: ${keep.words}` })
  }
  return going
}

/** Anything but an attempt that ended by itself in a cell that came out as the plan says, or that somebody broke off. */
function isFailed({ ending, verdict, lastGood }: KeptAttempt): boolean {
  if (lastGood) return true
  if (ending === 'cancelled') return false
  return ending !== 'finished' || verdict === null || conclusionOfVerdict(verdict) !== 'good'
}

/** A build, as the rules see it. */
export interface KeptBuild {
  /** It failed, and has nothing but a log. */
  failed: boolean
  /** When it was made, or last booted; epoch ms. */
  lastUsed: number
  /** Why it may not go: an attempt with logs, or one that runs, is of it; undefined when the rules decide. */
  spared: string | undefined
}

/** The rule by which what a build made goes; undefined when it stays. @param now epoch ms */
export function whyBuildGoes(
  { failed, lastUsed, spared }: KeptBuild,
  rules: Pick<KeepRules, 'images' | 'logs'>,
  now: number,
): string | undefined {
  const keep = failed ? rules.logs.failed : rules.images
  if (spared !== undefined || now - lastUsed <= keep.age) return undefined
  return `${failed ? 'logs of failed builds' : 'builds that no kept attempt booted'}: ${keep.words}`
}

/** What is said where somebody wants what has gone: one sentence, and what to do about the next. */
export function removedSentence(what: string, of: string, { at, rule }: { at: number; rule: string }): string {
  const day = new Date(at).toISOString().slice(0, 10)
  return `The ${what} of ${of} were removed on ${day} by the rule "${rule}": pin a run to keep them (\`hyplab pin\`).`
}
