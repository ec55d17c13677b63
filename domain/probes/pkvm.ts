import type { Finding } from '../finding.ts'
import { cite } from './cite.ts'
import { askedMode, takeoverOf } from './kvm-mode.ts'
import { fail, known, pass, skip, unknown } from './outcome.ts'
import type { Probe } from './probe.ts'
import type { Seen, Sighting } from './seen.ts'

/** Whether KVM came up in the mode asked for, and whether pKVM took its last step. */
export const pkvm: Probe = {
  group: 'pkvm',
  findings: [
    {
      id: 'pkvm.mode',
      asks: 'Did KVM come up in the mode that the command line asks for?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 1,
    },
    {
      id: 'pkvm.finalised',
      asks: 'Did pKVM take its last step, after which the host kernel is shut out?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 1,
    },
  ],
  wants: [],
  config: ['KVM'],
  judge: (seen) => [mode(seen), finalised(seen)],
}

/**
 * Rests on the line of kvm_arm_init() that names the mode that came up (arch/arm64/kvm/arm.c:2889 in 6.18.5), or on the
 * one that says why none did. `CPU features: detected: Protected KVM` is not enough: it says what was asked for.
 */
function mode(seen: Seen): Finding {
  const id = 'pkvm.mode'
  const asked = askedMode(seen)
  if (seen.symbol('KVM') === 'n') return skip(id, 'The kernel is built without KVM.')
  const facts = known({ asked })
  const wish = wishOf(asked)
  const came = seen.last('kvm.mode')
  const disabled = seen.last('kvm.disabled')
  const line = came ?? disabled
  const refusals = [...seen.all('kvm.failed'), ...seen.all('kvm.ignored')]
  if (!line) {
    const [first, ...rest] = refusals
    if (!first) return unknown(id, `No line of the log says in which mode KVM came up; ${wish}.`, [], facts)
    return fail(
      id,
      `KVM did not come up: ${first.match.groups['why']}; ${wish}.`,
      [cite(first), ...rest.map(cite)],
      facts,
    )
  }
  const name = came ? `${came.match.groups['mode']}${came.match.groups['nested'] ?? ''}` : 'none'
  const shown = { ...facts, mode: name }
  if (asked === 'unknown') return unknown(id, `KVM is in the mode "${name}"; ${wish}.`, [cite(line)], shown)
  if (fits(asked, name)) return pass(id, `KVM is in the mode "${name}"; ${wish}.`, [cite(line)], shown)
  const why = refusals[0] ? `: ${refusals[0].match.groups['why']}` : ''
  return fail(id, `KVM is in the mode "${name}" although ${wish}${why}.`, [cite(line), ...refusals.map(cite)], shown)
}

function wishOf(asked: string | undefined): string {
  if (asked === 'unknown') return 'the log does not show which one was asked for'
  return asked === undefined ? 'no kvm-arm.mode was asked for' : `kvm-arm.mode=${asked} was asked for`
}

/** kvm_arm_init() names the mode from three booleans: in hyp mode, protected, hVHE; `+NV2` where the CPU can nest. */
function fits(asked: string | undefined, mode: string): boolean {
  const [name = ''] = mode.split('+')
  if (asked === 'protected') return name.startsWith('Protected ')
  if (asked === 'nvhe') return name.startsWith('Hyp ')
  if (asked === 'nested') return name === 'VHE' && mode !== name
  if (asked === 'none') return name === 'none'
  return name !== 'none'
}

/**
 * Rests on `initcall finalize_pkvm returned 0` together with the line that a protected mode came up: finalize_pkvm() also
 * returns 0 when there is nothing to finalise (arch/arm64/kvm/pkvm.c:274 in 6.18.5).
 */
function finalised(seen: Seen): Finding {
  const id = 'pkvm.finalised'
  const asked = askedMode(seen)
  if (seen.symbol('KVM') === 'n') return skip(id, 'The kernel is built without KVM.')
  if (asked === 'unknown') return unknown(id, 'The log does not show whether protected mode was asked for.')
  if (asked !== 'protected') return skip(id, 'Protected mode was not asked for, so there is nothing to finalise.')
  const refused: Sighting | undefined = seen.last('kvm.finalize-failed')
  if (refused) {
    const errno = Number(refused.match.groups['errno'])
    return fail(id, `pKVM could not finalise its protection (${errno}).`, [cite(refused)], { errno })
  }
  const returned = seen.last('initcall.returned', { function: 'finalize_pkvm' })
  const rc = Number(returned?.match.groups['rc'])
  if (returned && rc !== 0) return fail(id, `finalize_pkvm returned ${rc}.`, [cite(returned)], { errno: rc })
  const takeover = takeoverOf(seen)
  if (!takeover) {
    const failed = seen.first('kvm.failed') ?? seen.first('kvm.ignored') ?? seen.first('kvm.mode')
    if (failed) return fail(id, 'pKVM never came up, so nothing was finalised.', [cite(failed)])
    return unknown(id, 'No line of the log says that pKVM came up.')
  }
  if (!returned) {
    const why = seen.onCommandLine('initcall_debug')
      ? 'no line says that finalize_pkvm returned'
      : 'without initcall_debug on the command line nothing shows that finalize_pkvm ran'
    return unknown(id, `pKVM came up, but ${why}.`, [cite(takeover.mode)])
  }
  const facts = known({ at: returned.match.at })
  return pass(id, 'pKVM came up and finalize_pkvm returned 0.', [cite(takeover.mode), cite(returned)], facts)
}
