import type { Finding } from '../../finding.ts'
import { counted } from '../../counted.ts'
import type { NotedAbout } from '../../lab-log/lab-fact.ts'
import { citeLab } from '../cite-lab.ts'
import { fail, pass, unknown } from '../outcome.ts'

const id = 'lab.console'

/**
 * Rests on what console servers, hosts and ttys said when a console was attached and while it was. Facts: `consoles`, `bytes` of
 * all together, and `gaps`, times in which an on-board USB serial was away.
 */
export function consoleFinding(facts: NotedAbout<'console'>[]): Finding {
  const names = [...new Set(facts.map((fact) => fact.console))]
  const broken = facts.filter((fact) => fact.is === 'broken')
  const gaps = facts.filter((fact) => fact.is === 'gap')
  const known = { consoles: names.length, gaps: gaps.length }
  const [first, ...others] = broken.map(citeLab)
  if (first) {
    const why = broken[0]!.words
    return fail(id, why === '' ? `The way to ${broken[0]!.console} broke.` : why, [first, ...others], known)
  }
  const [closed, ...more] = names.flatMap((name) => facts.filter((one) => one.console === name && one.is === 'closed'))
  if (!closed) return unknown(id, 'Nothing shows that a console was attached and let go of.', [], known)
  const open = names.filter((name) => !facts.some((one) => one.console === name && one.is === 'closed'))
  if (open.length > 0) {
    const sentence = `Nothing shows how the way to ${open.join(' and ')} ended.`
    return unknown(id, sentence, facts.filter(({ console }) => open.includes(console)).map(citeLab), known)
  }
  const bytes = [closed, ...more].reduce((sum, fact) => sum + (fact.bytes ?? 0), 0)
  const away = gaps.length === 0 ? '' : `, but for ${counted(gaps.length, 'time')} in which one was away`
  const sentence = `${names.join(' and ')} ${names.length === 1 ? 'was' : 'were'} attached until the end${away}.`
  return pass(id, sentence, [citeLab(closed), ...[...more, ...gaps].map(citeLab)], { ...known, bytes })
}
