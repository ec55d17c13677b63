import type { Finding } from '../../finding.ts'
import { cite } from '../../evidence/cite.ts'
import { known, pass, unknown } from '../outcome.ts'
import type { Seen } from '../seen.ts'
import type { Sighting } from '../../signatures/sighting.ts'
import { momentOf, when } from './timeline.ts'

/**
 * Lists when the deciding initcalls were called and what they returned, in seconds of the kernel's clock, from
 * initcall_debug (init/main.c). It says nothing good or bad of them: pass means that all of them show.
 */
export function initcalls(seen: Seen): Finding {
  const id = 'order.initcalls'
  const facts: Record<string, number | undefined> = {}
  const lines: Sighting[] = []
  const missing: string[] = []
  const wanted =
    seen.symbol('ARM_FFA_TRANSPORT') === 'n'
      ? ['kvm_arm_init', 'finalize_pkvm']
      : ['ffa_init', 'kvm_arm_init', 'finalize_pkvm']
  for (const name of wanted) {
    const calling = seen.first('initcall.calling', { function: name })
    const returned = seen.first('initcall.returned', { function: name })
    if (!calling || !returned) missing.push(name)
    facts[name] = calling?.match.at
    facts[`${name}.rc`] = number(returned, 'rc')
    facts[`${name}.usecs`] = number(returned, 'usecs')
    lines.push(...[calling, returned].filter((line) => line !== undefined))
  }
  for (const probe of seen.all('probe.returned', { device: 'arm-ffa' })) {
    facts['probe_arm_ffa'] = probe.match.at
    facts['probe_arm_ffa.rc'] = number(probe, 'rc')
    lines.push(probe)
  }
  const [first, ...rest] = lines.map(cite)
  const text = lines.filter(({ match }) => match.signature.id === 'initcall.calling')
  if (missing.length > 0 || !first) {
    const debug = seen.onCommandLine('initcall_debug') ? '' : '; initcall_debug is not known to be on the command line'
    return unknown(id, `The log does not show ${missing.join(', ')}${debug}.`, lines.map(cite), known(facts))
  }
  const listed = text
    .toSorted((a, b) => (a.match.at ?? 0) - (b.match.at ?? 0))
    .map((line) => `${line.match.groups['function']} at ${when(momentOf(line))}`)
  return pass(id, `Called in this order: ${listed.join(', ')}.`, [first, ...rest], known(facts))
}

function number(line: Sighting | undefined, group: string): number | undefined {
  const value = line?.match.groups[group]
  return value === undefined ? undefined : Number(value)
}
