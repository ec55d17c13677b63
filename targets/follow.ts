import { LineReader } from '../domain/console/line-reader.ts'
import type { TargetRecord } from '../domain/records/record.ts'
import { StageFollower, type StageReached } from '../domain/stage/stage-follower.ts'
import type { Stage } from '../domain/stage.ts'

/** Follows a boot through its stages from the bytes of its consoles, each cut into lines on its own. */
export class BootFollower {
  readonly #readers: Map<string, LineReader>
  readonly #stages = new StageFollower()

  /** @param consoles the names of the channels on which worlds speak */
  constructor(consoles: string[]) {
    this.#readers = new Map(consoles.map((name) => [name, new LineReader()]))
  }

  get stage(): Stage {
    return this.#stages.stage
  }

  /** Takes bytes of a channel; returns the stages that they begin. */
  bytes(channel: string, chunk: Uint8Array): StageReached[] {
    const lines = this.#readers.get(channel)?.push(chunk) ?? []
    return lines.map((line) => this.#stages.line(channel, line)).filter((reached) => reached !== undefined)
  }

  /** Takes records; returns the stages that they begin. */
  records(records: TargetRecord[]): StageReached[] {
    return records.map((record) => this.#stages.record(record)).filter((reached) => reached !== undefined)
  }

  /** The machine has powered off and its consoles have closed; a last line without an end counts too. */
  off(): StageReached[] {
    const last = [...this.#readers].flatMap(([name, reader]) =>
      reader.end().map((line) => this.#stages.line(name, line)),
    )
    return [...last, this.#stages.off()].filter((reached) => reached !== undefined)
  }
}
