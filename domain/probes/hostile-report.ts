/** What the hostile caller saw of one partition id. */
export interface Attacked {
  /** e.g. `0x8002`. */
  id: string
  /** `tpm`: it answers as DEN0138's TPM service; `other`: it answers direct requests; `nobody`: it did not answer before. */
  kind: 'tpm' | 'other' | 'nobody'
  calls: number
  /** By the partition. */
  answered: number
  /** By FFA_ERROR with a status of DEN0077A, without the busy ones. */
  refused: number
  busy: number
  /** Anything else. */
  strange: number
  /** Whether the harmless question after the attack had the same answer as before. */
  rollCall: 'same' | 'other'
}

/** The report of `guest/ffa-fuzz`. */
export interface HostileReport {
  /** Decimal, as it was given. */
  seed: string
  milliseconds: number
  partitions: Attacked[]
  /** What became of the memory behind the TPM's buffers: `intact`, `none` where it was left alone, `broken-at-0x...`. */
  guard: string
}

/** Reads the text of /proc/hyplab-ffa-fuzz (`guest/ffa-fuzz/main.c`); undefined when it is no whole report. Never throws. */
export function readHostileReport(text: string): HostileReport | undefined {
  const head = /^seed (\d+) milliseconds (\d+) /m.exec(text)
  const guard = /^guard (intact|none|broken-at-0x[0-9a-f]+)$/m.exec(text)?.[1]
  if (head === null || guard === undefined) return undefined
  const partitions = [...text.matchAll(line)].map(({ groups = {} }): Attacked => {
    const number = (name: string): number => Number(groups[name])
    return {
      id: groups['id'] ?? '',
      kind: groups['kind'] === 'tpm' || groups['kind'] === 'other' ? groups['kind'] : 'nobody',
      calls: number('calls'),
      answered: number('answered'),
      refused: number('refused'),
      busy: number('busy'),
      strange: number('strange'),
      rollCall: groups['rollcall'] === 'same' ? 'same' : 'other',
    }
  })
  return { seed: head[1] ?? '', milliseconds: Number(head[2]), partitions, guard }
}

const line =
  /^partition (?<id>0x[0-9a-f]+) (?<kind>tpm|other|nobody) calls (?<calls>\d+) answered (?<answered>\d+) refused (?<refused>\d+) busy (?<busy>\d+) strange (?<strange>\d+) roll-call (?<rollcall>same|other)$/gm
