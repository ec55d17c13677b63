import type { Sighting } from '../signatures/sighting.ts'
import type { Seen } from './seen.ts'

/**
 * What ffa_init(), ffa_probe() since 7.2, says before it returns an error, so that there is no FF-A device at all
 * (drivers/firmware/arm_ffa/driver.c:2022,2054,2069 in 6.18.5). It goes on after the others that it complains of.
 */
const final = /^failed to (?:obtain VM id for self|register FFA RxTx buffers|setup partitions)$/

/** The line in which the kernel's FF-A driver says why it gave up; undefined where none says so. */
export function ffaGaveUp(seen: Seen): Sighting | undefined {
  return seen.all('ffa.failed').findLast(({ match }) => final.test(match.groups['why'] ?? ''))
}
