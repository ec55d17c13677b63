import type { Finding } from '../../finding.ts'
import { describeFact } from '../../lab-log/describe-fact.ts'
import type { NotedAbout } from '../../lab-log/lab-fact.ts'
import { citeLab } from '../cite-lab.ts'
import { fail, pass, unknown } from '../outcome.ts'

const id = 'lab.power'

/**
 * Rests on what was read back after each command, and on what an outlet said of itself meanwhile. An outlet that cannot be asked
 * is shown on by the first byte, and off by the silence of its consoles. Facts: `says`, the last that is known of the outlet.
 */
export function powerFinding(facts: NotedAbout<'power'>[], bytes: NotedAbout<'first byte'>[]): Finding {
  const wrong = facts.find((fact, index) => isWrong(fact, facts.slice(0, index)))
  const says = facts.findLast((fact) => fact.says === 'on' || fact.says === 'off')?.says
  const known = says === undefined ? {} : { says }
  if (wrong) return fail(id, `${describeFact(wrong)}.`.replace(/\.\.$/, '.'), [citeLab(wrong)], known)
  const told = facts.filter((fact) => fact.told !== 'nothing')
  const on = told.find((fact) => fact.told === 'on')
  const off = told.findLast((fact) => fact.told === 'off')
  if (!on) return unknown(id, 'Nothing shows that the place was switched on.', [], known)
  if (!off || off.entry < on.entry) return unknown(id, 'Nothing shows that the place was switched off.', [], known)
  const heard = bytes.find(({ seconds }) => seconds !== null)
  const shownOn = on.says === 'on' ? [on] : heard ? [on, heard] : undefined
  if (!shownOn || off.says !== 'off') {
    const which = shownOn ? 'off' : 'on'
    return unknown(id, `The place was told ${which}, and its outlet cannot say that it is.`, told.map(citeLab), known)
  }
  const [first, ...others] = shownOn
  const sentence = 'The place went on when it was told to, and off in the end.'
  return pass(id, sentence, [citeLab(first!), ...others.map(citeLab), citeLab(off)], known)
}

/** A command that failed, an outlet that says something else than it was told, or one that is off and was told on. */
function isWrong({ told, says }: NotedAbout<'power'>, before: NotedAbout<'power'>[]): boolean {
  if (says === 'broken') return true
  if (says !== 'on' && says !== 'off') return false
  return (told === 'nothing' ? before.findLast((fact) => fact.told !== 'nothing')?.told : told) === opposite[says]
}

const opposite = { on: 'off', off: 'on' } as const
