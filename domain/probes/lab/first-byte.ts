import type { Finding } from '../../finding.ts'
import { describeFact } from '../../lab-log/describe-fact.ts'
import type { NotedAbout } from '../../lab-log/lab-fact.ts'
import { citeLab } from '../cite-lab.ts'
import { fail, pass, unknown } from '../outcome.ts'

const id = 'lab.first-byte'

/**
 * Rests on the time between the end of power-on and the first byte on any console, against what the place's class allows: a board
 * that takes longer is dead, or nobody is at the other end of its wires. Facts: `seconds`, `limit`.
 */
export function firstByteFinding(facts: NotedAbout<'first byte'>[]): Finding {
  const fact = facts.at(-1)
  if (!fact) return unknown(id, 'The board was not seen to say anything, and not for as long as its class allows.')
  const { seconds, limit, words } = fact
  if (seconds === null) return fail(id, words || `${describeFact(fact)}.`, [citeLab(fact)], { limit })
  return pass(id, `${describeFact(fact)}.`, [citeLab(fact)], { seconds, limit })
}
