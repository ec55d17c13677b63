import type { HeardLines } from '../domain/records/kernel-log.ts'
import { RecordReceiver } from '../domain/records/receiver.ts'
import type { TargetRecord } from '../domain/records/record.ts'

/** What the exchange of records came to, on the channel that init used. */
export interface ExchangeEnd {
  channel: string
  records: TargetRecord[]
  /** Whether init said its end and nothing was missing. */
  complete: boolean
  /** Sequence numbers that never came whole. */
  missing: number[]
  /** Lines that began a frame and failed its checksum, resent ones included. */
  damaged: number
  /** Frames that came whole but were no records. */
  rejected: { sequence: number; why: string }[]
}

/** The host's end of the exchange of records, on each channel that init may use. */
export class RecordExchange {
  readonly #receivers: Map<string, RecordReceiver>

  /** @param channels by preference, best first */
  constructor(channels: string[]) {
    this.#receivers = new Map(channels.map((name) => [name, new RecordReceiver()]))
  }

  /**
   * Takes bytes of a channel as they came; of one that carries no records they are ignored.
   * @returns new records, and what to say on that same channel now
   */
  feed(channel: string, bytes: Uint8Array): { records: TargetRecord[]; say: string } {
    return this.#receivers.get(channel)?.feed(bytes) ?? { records: [], say: '' }
  }

  /** Whether init has said all, so that it was or will be let go. */
  get complete(): boolean {
    return [...this.#receivers.values()].some((receiver) => receiver.complete)
  }

  /** The lines that came over the channels named, as they came. */
  heard(channels: readonly string[]): HeardLines[] {
    return channels.flatMap((console) => {
      const receiver = this.#receivers.get(console)
      return receiver ? [{ console, lines: receiver.heard }] : []
    })
  }

  /** The channel that init completed, else the one that brought most, else the preferred one. */
  end(): ExchangeEnd {
    const ends = [...this.#receivers].map(([channel, receiver]) => ({
      channel,
      records: receiver.records(),
      complete: receiver.complete,
      missing: receiver.missing(),
      damaged: receiver.damaged,
      rejected: receiver.rejected(),
    }))
    const best = ends.toSorted((a, b) => Number(b.complete) - Number(a.complete) || b.records.length - a.records.length)
    return best[0] ?? { channel: '', records: [], complete: false, missing: [], damaged: 0, rejected: [] }
  }
}
