/** Why a board is kept for somebody after an attempt: as others are told, and as it is recognised. */
export function holdReason(attempt: string, cell: string): string {
  return `kept after attempt ${attempt} of ${cell}`
}

/** The attempt after which a place is kept, e.g. `12.3.1`; undefined for a lease that is no such hold. @param why of the lease */
export function heldAfter(why: string): string | undefined {
  return /^kept after attempt (\d+\.\d+\.\d+) of /.exec(why)?.[1]
}
