import type { Finding } from '../finding.ts'
import { cite, citeRecord } from '../evidence/cite.ts'
import { askedMode, ignoredMode, takeoverOf } from './kvm-mode.ts'
import { fail, known, pass, skip, unknown, type SomeEvidence } from './outcome.ts'
import type { Probe } from './probe.ts'
import type { Seen } from './seen.ts'
import type { Sighting } from '../signatures/sighting.ts'

/** Whether KVM came up in the mode asked for, whether pKVM took its last step, and whether the hypervisor lived on. */
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
    {
      id: 'pkvm.panic',
      asks: 'Did the hypervisor survive?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 5,
    },
  ],
  wants: [],
  config: ['KVM'],
  judge: (seen) => [mode(seen), finalised(seen), hypPanic(seen)],
}

/**
 * Rests on the line of kvm_arm_init() that names the mode that came up (arch/arm64/kvm/arm.c:2889 in 6.18.5), or on the
 * one that says why none did. `CPU features: detected: Protected KVM` is not enough: it says what was asked for.
 */
function mode(seen: Seen): Finding {
  const id = 'pkvm.mode'
  const asked = askedMode(seen)
  if (seen.symbol('KVM') === 'n') return skip(id, 'The kernel is built without KVM.')
  // At EL1 there is nothing for KVM to run on, whatever was asked for (arch/arm64/kernel/smp.c hyp_mode_check()).
  const level = seen.last('linux.el')
  const facts = known({ asked, el: level && Number(level.match.groups['el']) })
  const wish = wishOf(asked)
  const came = seen.last('kvm.mode')
  const disabled = seen.last('kvm.disabled')
  const line = came ?? disabled
  const refusals = ['kvm.failed', 'kvm.ignored', 'kvm.no-vgic', 'linux.el-mixed'].flatMap((each) => seen.all(each))
  const wanted = asked !== undefined && asked !== 'unknown' && asked !== 'none'
  if (level && facts['el'] === 1 && wanted) refusals.push(level)
  if (!line) {
    const [first, ...rest] = refusals
    if (!first) return unknown(id, `No line of the log says in which mode KVM came up; ${wish}.`, [], facts)
    const evidence: SomeEvidence = [cite(first), ...rest.map(cite)]
    const ignored = asked === 'unknown' ? ignoredMode(seen) : undefined
    if (ignored) {
      const others = refusals.filter((line) => line !== ignored).map(cite)
      return fail(
        id,
        'A kvm-arm.mode was asked for and ignored: this kernel did not start at EL2.',
        [cite(ignored), ...others],
        facts,
      )
    }
    if (isBelowEl2(seen) && asked === undefined)
      return skip(id, `KVM needs EL2, where this kernel did not start; ${wish}.`, evidence, facts)
    if (isBelowEl2(seen) && asked === 'unknown')
      return unknown(id, `KVM needs EL2, where this kernel did not start; ${wish}.`, evidence, facts)
    if (asked === 'none') return pass(id, `KVM did not come up; ${wish}.`, evidence, { ...facts, mode: 'none' })
    return fail(id, `KVM did not come up: ${whyOf(first)}; ${wish}.`, evidence, facts)
  }
  const name = came ? `${came.match.groups['mode']}${came.match.groups['nested'] ?? ''}` : 'none'
  const shown = { ...facts, mode: name }
  if (asked === 'unknown') return unknown(id, `KVM is in the mode "${name}"; ${wish}.`, [cite(line)], shown)
  if (fits(asked, name)) return pass(id, `KVM is in the mode "${name}"; ${wish}.`, [cite(line)], shown)
  const why = refusals[0] ? `: ${whyOf(refusals[0])}` : ''
  return fail(id, `KVM is in the mode "${name}" although ${wish}${why}.`, [cite(line), ...refusals.map(cite)], shown)
}

/** Whether all CPUs started at EL1, as in a guest (is_hyp_mode_available(), arch/arm64/include/asm/virt.h); not where they started at unlike levels, which is a fault. */
function isBelowEl2(seen: Seen): boolean {
  if (seen.last('linux.el-mixed')) return false
  return (
    seen.last('linux.el')?.match.groups['el'] === '1' || seen.all('kvm.failed').some((line) => whyOf(line) === noHyp)
  )
}

/** What kvm_arm_init() says then (arch/arm64/kvm/arm.c). */
const noHyp = 'HYP mode not available'

function whyOf({ match }: Sighting): string {
  return match.groups['why'] ?? match.message
}

function wishOf(asked: string | undefined): string {
  if (asked === 'unknown') return 'the log does not show which one was asked for'
  return asked === undefined ? 'no kvm-arm.mode was asked for' : `kvm-arm.mode=${asked} was asked for`
}

/** kvm_arm_init() names the mode from three booleans: in hyp mode, protected, hVHE; `+NV2` where the CPU can nest. */
function fits(asked: string | undefined, mode: string): boolean {
  const [name = ''] = mode.split('+')
  if (asked === 'protected') return name.startsWith('Protected ')
  // Until 6.11 the kernel said "Hyp mode" for what is nVHE.
  if (asked === 'nvhe') return name === 'Hyp' || name.startsWith('Hyp ')
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
    const why =
      seen.onCommandLine('initcall_debug') || seen.commandLineIsCut
        ? 'no line says that finalize_pkvm returned'
        : 'without initcall_debug on the command line nothing shows that finalize_pkvm ran'
    return unknown(id, `pKVM came up, but ${why}.`, [cite(takeover.mode)])
  }
  const facts = known({ at: returned.match.at })
  return pass(id, 'pKVM came up and finalize_pkvm returned 0.', [cite(takeover.mode), cite(returned)], facts)
}

/**
 * Rests on the report of nvhe_hyp_panic_handler() (arch/arm64/kvm/handle_exit.c), which the host prints for the
 * hypervisor before it panics itself. Facts: `title` as in `fault.kernel`, `pc` and `esr` of the hypervisor from the dump.
 * A hypervisor that is alive says nothing: `pass` is a boot that came to its end in a mode with a hypervisor of its own.
 */
function hypPanic(seen: Seen): Finding {
  const id = 'pkvm.panic'
  const panic = seen.faults.find(({ kind }) => kind === 'hyp-panic')
  const state = seen.last('kvm.hyp-state')
  if (panic) {
    const { pc, esr } = state?.match.groups ?? {}
    const evidence: SomeEvidence = [panic.evidence, ...(state ? [cite(state)] : [])]
    return fail(id, `The hypervisor did not survive: ${panic.title}.`, evidence, known({ title: panic.title, pc, esr }))
  }
  if (seen.symbol('KVM') === 'n') return skip(id, 'The kernel is built without KVM.')
  const came = seen.last('kvm.mode')
  const mode = came?.match.groups['mode']
  const off = seen.last('kvm.disabled') ?? seen.last('kvm.failed') ?? seen.last('kvm.ignored')
  if (mode?.startsWith('VHE') || (!came && off))
    return skip(id, 'There is no hypervisor that could panic apart from the kernel.', [cite((came ?? off)!)])
  if (!came) return unknown(id, 'No line of the log says whether there is a hypervisor apart from the kernel.')
  const end = seen.records('end').at(-1)
  if (end) return pass(id, `The boot came to its end in the mode "${mode}".`, [cite(came), citeRecord(end)])
  const down = seen.last('linux.power-down') ?? seen.last('linux.restart')
  if (down)
    return unknown(
      id,
      'No line shows a panic of the hypervisor, and the kernel went down in order; nothing tells whether it said all.',
      [cite(came), cite(down)],
    )
  return unknown(id, 'No line shows a panic of the hypervisor, but the boot did not come to its end either.', [
    cite(came),
  ])
}
