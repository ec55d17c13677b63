import type { ConsoleLine } from '../domain/console/line.ts'
import { LineParts } from '../domain/console/line-parts.ts'
import { LineReader } from '../domain/console/line-reader.ts'
import type { TargetRecord } from '../domain/records/record.ts'
import { StageFollower, type StageReached } from '../domain/stage/stage-follower.ts'
import type { Stage } from '../domain/stage.ts'

/** One console, cut into lines as they end, and these where another voice begins. */
interface Followed {
  reader: LineReader
  parts: LineParts
}

/** Follows a boot through its stages from the bytes of its consoles, each cut into lines on its own. */
export class BootFollower {
  readonly #readers: Map<string, Followed>
  readonly #stages = new StageFollower()

  /** @param consoles the names of the channels on which worlds speak */
  constructor(consoles: string[]) {
    this.#readers = new Map(consoles.map((name) => [name, { reader: new LineReader(), parts: new LineParts() }]))
  }

  get stage(): Stage {
    return this.#stages.stage
  }

  /** Takes bytes of a channel; returns the stages that they begin. */
  bytes(channel: string, chunk: Uint8Array): StageReached[] {
    const followed = this.#readers.get(channel)
    return followed ? this.#follow(channel, followed, followed.reader.push(chunk)) : []
  }

  /** Takes records; returns the stages that they begin. */
  records(records: TargetRecord[]): StageReached[] {
    return records.map((record) => this.#stages.record(record)).filter((reached) => reached !== undefined)
  }

  /** The machine has powered off and its consoles have closed; a last line without an end counts too. */
  off(): StageReached[] {
    const last = [...this.#readers].flatMap(([name, followed]) => this.#follow(name, followed, followed.reader.end()))
    return [...last, this.#stages.off()].filter((reached) => reached !== undefined)
  }

  #follow(channel: string, { parts }: Followed, lines: readonly ConsoleLine[]): StageReached[] {
    return lines
      .flatMap((line) => parts.split(line) ?? line)
      .map((line) => this.#stages.line(channel, line))
      .filter((reached) => reached !== undefined)
  }
}
