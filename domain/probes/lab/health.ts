import type { Finding } from '../../finding.ts'
import type { NotedAbout } from '../../lab-log/lab-fact.ts'
import { citeRecord } from '../../evidence/cite.ts'
import { citeLab } from '../cite-lab.ts'
import { fail, pass, unknown } from '../outcome.ts'
import type { RecordOf } from '../seen.ts'

const id = 'lab.health'

/**
 * Rests on a look at the place: a suspect one before the attempt, one that hung behind it, a model while it runs; without one, on
 * a boot that came to its end. Fact: `by`, what was looked at.
 */
export function healthFinding(looks: NotedAbout<'health'>[], end: RecordOf<'end'> | undefined): Finding {
  const look = looks.at(-1)
  if (look?.is === 'ill') return fail(id, look.words || `${look.by} is ill.`, [citeLab(look)], { by: look.by })
  if (look) return pass(id, look.words || `${look.by} is healthy.`, [citeLab(look)], { by: look.by })
  if (end) return pass(id, 'The place carried a boot to its end.', [citeRecord(end)])
  return unknown(id, 'The boot did not come to its end, and nobody looked whether the place works.')
}
