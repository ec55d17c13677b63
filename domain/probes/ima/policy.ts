import type { Finding } from '../../finding.ts'
import { counted } from '../../counted.ts'
import { isBootAggregate } from '../../ima/measurement.ts'
import { cite, citeRecord } from '../../evidence/cite.ts'
import { citeList, mainList } from '../measured.ts'
import { fail, known, pass, skip, unknown } from '../outcome.ts'
import type { Seen } from '../seen.ts'

const id = 'ima.policy'

/**
 * Rests on the rules that the kernel shows (`policy`, with IMA_READ_POLICY) or, without them, on entries of the list that
 * only a policy makes. A built-in policy is asked for by `ima_policy=` or the older `ima_tcb` and `ima_appraise_tcb`
 * (security/integrity/ima/ima_policy.c policy_setup()); without one IMA measures nothing but boot_aggregate.
 */
export function policy(seen: Seen): Finding {
  if (seen.symbol('IMA') === 'n') return skip(id, 'The kernel is built without IMA.')
  const cmdline = seen.commandLine
  const named = askedPolicy(cmdline ?? '').join(' ')
  const wanted = named === '' && (cmdline === undefined || seen.commandLineIsCut) ? undefined : named
  const asked = known({ asked: wanted })
  const failed = seen.all('ima.policy-update').find(({ match }) => match.groups['result'] === 'failed')
  if (failed) return fail(id, 'A policy that was loaded was refused.', [cite(failed)])
  const file = seen.records('file').find(({ body }) => body.path.endsWith('/ima/policy'))
  if (file?.body.rc === 0) {
    const rules = file.body.text.split('\n').filter((line) => /^(?:measure|appraise|audit|hash|dont_\w+) ?/.test(line))
    const measures = rules.filter((rule) => rule.startsWith('measure')).length
    const facts = { rules: rules.length, measures, ...asked }
    if (rules.length === 0 && wanted === undefined)
      return unknown(
        id,
        'No policy is in force, and nothing shows whether one was asked for.',
        [citeRecord(file)],
        facts,
      )
    if (rules.length === 0 && wanted === '')
      return skip(id, 'No policy was asked for and none is in force.', [citeRecord(file)], facts)
    if (rules.length === 0)
      return fail(id, `The policy "${wanted}" was asked for and none is in force.`, [citeRecord(file)], facts)
    return pass(
      id,
      `A policy of ${counted(rules.length, 'rule')} is in force, ${measures} of which measure.`,
      [citeRecord(file)],
      facts,
    )
  }
  const main = mainList(seen)
  const others = main?.read.list.entries.filter((entry) => !isBootAggregate(entry)) ?? []
  if (main && others.length > 0)
    return pass(
      id,
      `The policy cannot be read, but ${counted(others.length, 'entry of the list was', 'entries of the list were')} made by one.`,
      [citeList(main.read)],
      asked,
    )
  if (wanted === undefined) return unknown(id, 'Nothing shows whether a policy was asked for.')
  if (wanted === '') return skip(id, 'No policy was asked for.')
  return unknown(id, 'The policy cannot be read and the list has no entry of one.', file ? [citeRecord(file)] : [])
}

function askedPolicy(cmdline: string): string[] {
  return cmdline.split(/\s+/).flatMap((word) => {
    const named = /^ima_policy=(.+)$/.exec(word)?.[1]
    if (named) return named.split('|')
    return /^(?:ima_tcb|ima_appraise_tcb)$/.test(word) ? [word] : []
  })
}
