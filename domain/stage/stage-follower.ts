import type { ConsoleLine } from '../console/line.ts'
import type { Evidence } from '../evidence/evidence.ts'
import type { TargetRecord } from '../records/record.ts'
import { matchSignatures, type SignatureMatch } from '../signatures/match.ts'
import { stages, type Stage } from '../stage.ts'

/** A stage that a boot entered, and the line or record that shows it; no evidence where only the host knows (`power`, `off`). */
export interface StageReached {
  stage: Stage
  /** 1, and one more each time that the target started again while its consoles were being read. */
  boot: number
  evidence?: Evidence
}

/**
 * Follows one attempt through its stages, from what its consoles and its init say. Stages that show nothing are passed
 * over; a line that belongs to an earlier stage than the present one is a console that is read late, and no step back,
 * except the line that only a start prints: after that the target is in a second boot.
 */
export class StageFollower {
  #stage: Stage = 'power'
  #boot = 1
  #hello = false
  #startedOn: string | undefined

  /** The last stage reached. */
  get stage(): Stage {
    return this.#stage
  }

  /** How many boots the consoles showed so far, at least 1. */
  get boot(): number {
    return this.#boot
  }

  /**
   * Takes the next line of the console named; returns the stage that it begins, or undefined. `match` is what
   * `matchSignatures` said of the line, for a caller that has asked already.
   */
  line(
    console: string,
    line: ConsoleLine,
    match: SignatureMatch | undefined = matchSignatures(line),
  ): StageReached | undefined {
    const stage = match?.signature.stage
    if (!match || !stage) return undefined
    const evidence: Evidence = { kind: 'console', console, from: line.number, to: line.number, text: line.text }
    if (this.#startsAgain(console, match.signature.id)) {
      this.#boot++
      this.#hello = false
      return this.#enter(stage, evidence)
    }
    return this.#later(stage) ? this.#enter(stage, evidence) : undefined
  }

  /** Takes the next record of the target's init; returns the stage that it begins, or undefined. */
  record(record: TargetRecord): StageReached | undefined {
    const { body, sequence } = record
    const evidence: Evidence = { kind: 'record', sequence, text: JSON.stringify(body) }
    if (body.fact === 'hello') {
      this.#hello = true
      return this.#later('init') ? this.#enter('init', evidence) : undefined
    }
    const probing = body.fact === 'ffa-call' || body.fact === 'module' || body.fact === 'file'
    return this.#hello && probing && this.#later('probes') ? this.#enter('probes', evidence) : undefined
  }

  /** The host saw the machine stop; returns the stage `off` unless a console said so before. */
  off(): StageReached | undefined {
    return this.#later('off') ? this.#enter('off') : undefined
  }

  #startsAgain(console: string, id: string): boolean {
    // TF-A's BL1 greets once a boot (bl1/bl1_main.c:79). On a target without TF-A the kernel's first line tells, but a
    // second console may show the same log again, and with keep_bootcon so may the same one, before init ran.
    if (id === 'tfa.welcome') {
      const again = this.#startedOn !== undefined
      this.#startedOn = console
      return again
    }
    if (id !== 'linux.boot-cpu') return false
    const again = this.#startedOn === console && !this.#before('init')
    this.#startedOn ??= console
    return again
  }

  #later(stage: Stage): boolean {
    return stages.indexOf(stage) > stages.indexOf(this.#stage)
  }

  #before(stage: Stage): boolean {
    return stages.indexOf(this.#stage) < stages.indexOf(stage)
  }

  #enter(stage: Stage, evidence?: Evidence): StageReached {
    this.#stage = stage
    return evidence ? { stage, boot: this.#boot, evidence } : { stage, boot: this.#boot }
  }
}
