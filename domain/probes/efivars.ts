import type { Finding } from '../finding.ts'
import { efiStatusName } from '../efi/status.ts'
import { initcallTimeline } from '../initcalls/initcall-timeline.ts'
import { cite, citeLines } from '../evidence/cite.ts'
import {
  clockOf,
  factsOf,
  refusalLines,
  refusedByPkvm,
  refusedEfiCalls,
  stepsAt,
  withoutVariables,
  type Step,
} from './efi/clock.ts'
import { withoutRuntime } from './efi/runtime.ts'
import { takeoverOf } from './kvm-mode.ts'
import { fail, known, pass, skip, unknown } from './outcome.ts'
import type { Probe } from './probe.ts'
import { isBefore, type Seen } from './seen.ts'
import type { Sighting } from '../signatures/sighting.ts'

const outcomes = ['pass', 'fail', 'skip', 'unknown'] as const
const since = 6

/** EFI variables, each time at which they are needed for itself: what fails early in a boot may work late. */
export const efivars: Probe = {
  group: 'efivars',
  findings: [
    { id: 'efivars.before-driver', asks: 'Do EFI variables work before the FF-A driver is loaded?', outcomes, since },
    { id: 'efivars.after-driver', asks: 'Do EFI variables work once the FF-A driver is loaded?', outcomes, since },
    {
      id: 'efivars.certs',
      asks: 'Could the platform keyring read its certificates from EFI variables (load_uefi_certs)?',
      outcomes,
      since,
    },
    {
      id: 'efivars.efivarfs',
      asks: 'Does efivarfs list and read EFI variables at the end of the boot?',
      outcomes,
      since,
    },
  ],
  wants: [{ kind: 'efi', path: '/sys/firmware/efi/efivars', write: false }],
  config: ['ARM_FFA_TRANSPORT', 'EFIVAR_FS', 'LOAD_UEFI_KEYS'],
  judge: (seen) => [beforeDriver(seen), afterDriver(seen), certs(seen), efivarfs(seen)],
}

/** Rests on the steps that init took before it loaded modules; only where the FF-A driver is one of them is that before it. */
function beforeDriver(seen: Seen): Finding {
  const id = 'efivars.before-driver'
  const built = seen.symbol('ARM_FFA_TRANSPORT')
  if (built === 'n') return skip(id, 'The kernel has no FF-A driver, so nothing comes before it.')
  if (built === 'y')
    return skip(
      id,
      'The FF-A driver is built in: user space comes after it. What failed before shows in efivars.certs.',
    )
  if (built === undefined) return beforeDriverByLog(seen, id)
  return atClock(seen, id, stepsAt(seen, 'before-modules'), 'before the FF-A driver was loaded')
}

/** A log shows what failed before the driver spoke, and never that something worked. */
function beforeDriverByLog(seen: Seen, id: string): Finding {
  const failed = notListed(seen)[0]
  const driver = driverAfter(seen, failed)
  if (!failed || !driver) return unknown(id, 'Nothing says how the FF-A driver was built.')
  const status = failed.match.groups['status']
  const named = status === undefined ? '' : ` (${efiStatusName(status)})`
  return fail(
    id,
    `EFI variables could not be listed${named} before the FF-A driver was there.`,
    [cite(failed), cite(driver)],
    known({ status }),
  )
}

/** Lines in which efivarfs says that it could not list the variables, in order. */
function notListed(seen: Seen): Sighting[] {
  const lines = ['efivars.list-failed', 'efivars.name-too-long'].flatMap((id) => seen.all(id))
  return lines.toSorted((a, b) => a.index - b.index)
}

/** The line by which the FF-A driver says its version, if it comes after another line. */
function driverAfter(seen: Seen, line: Sighting | undefined): Sighting | undefined {
  return line && seen.all('ffa.driver-version').find((driver) => isBefore(line, driver) === true)
}

/** Rests on the steps after the modules, or on both where the driver is built in. */
function afterDriver(seen: Seen): Finding {
  const id = 'efivars.after-driver'
  const built = seen.symbol('ARM_FFA_TRANSPORT')
  if (built === 'n') return skip(id, 'The kernel has no FF-A driver, so nothing comes after it.')
  if (built === undefined) return unknown(id, 'Nothing says how the FF-A driver was built.')
  if (
    built === 'm' &&
    !seen.records('module').some(({ body }) => /^ffa[-_](?:core|module)$/.test(body.name) && body.rc === 0)
  )
    return skip(id, 'The FF-A driver is a module and was not loaded.')
  return atClock(seen, id, stepsAt(seen, 'after-modules'), 'after the FF-A driver was there')
}

/**
 * Rests on the last steps that init took, and on what the kernel says in the log where there are none: that it runs without
 * EFI runtime services, or that efivarfs could not list the variables.
 */
function efivarfs(seen: Seen): Finding {
  const id = 'efivars.efivarfs'
  const after = stepsAt(seen, 'after-modules')
  const steps = after.length > 0 ? after : stepsAt(seen, 'before-modules')
  if (steps.length > 0) return atClock(seen, id, steps, 'at the end of the boot')
  const off = withoutRuntime(seen, id, refusalLines(seen))
  if (off) return off
  const [first, ...rest] = refusalLines(seen)
  const status = seen.last('efivars.list-failed')?.match.groups['status']
  const driver = driverAfter(seen, notListed(seen).at(-1))
  if (first && driver)
    return unknown(
      id,
      'EFI variables could not be listed before the FF-A driver was there; nothing shows whether they can be since.',
      [first, cite(driver)],
    )
  if (first) {
    const named = status === undefined ? '' : ` (${efiStatusName(status)})`
    return fail(
      id,
      `efivarfs could not list the variables${named}.`,
      [first, ...rest, ...refusedByPkvm(seen)],
      known({ status, ...causeFact(seen) }),
    )
  }
  return atClock(seen, id, [], 'at the end of the boot')
}

function atClock(seen: Seen, id: string, steps: readonly Step[], when: string): Finding {
  const clock = clockOf(steps)
  const [first, ...rest] = clock.evidence
  const facts = factsOf(clock)
  if (first && clock.state === 'work')
    return pass(id, `EFI variables work ${when}: ${clock.listed} were listed.`, [first, ...rest], facts)
  if (first && clock.state === 'refused') {
    const pkvm = refusedByPkvm(seen)
    const why = pkvm.length > 0 ? '; pKVM refuses the call of the EFI code' : ''
    const stale = seen.last('efivars.name-too-long')
    const note = stale ? ' (the status that the log shows is that of an older call)' : ''
    return fail(
      id,
      `EFI variables do not work ${when}: none is listed, and access gives EINVAL${why}${note}.`,
      [first, ...rest, ...pkvm, ...refusalLines(seen)],
      {
        ...facts,
        ...causeFact(seen),
      },
    )
  }
  if (first && clock.state === 'failed')
    return fail(
      id,
      `EFI variables do not work ${when} (${clock.errno}).`,
      [first, ...rest, ...refusalLines(seen)],
      facts,
    )
  const off = clock.state === 'none' ? withoutRuntime(seen, id, clock.evidence) : undefined
  if (off) return off
  if (clock.state === 'none') return skip(id, withoutVariables(steps)!.why, clock.evidence)
  if (seen.symbol('EFIVAR_FS') === 'n') return skip(id, 'The kernel is built without efivarfs.')
  const none = seen.first('efi.none')
  if (none) return skip(id, 'The firmware has no EFI.', [cite(none)])
  if (first)
    return unknown(
      id,
      `Nothing shows whether EFI variables work ${when}: none is listed and nothing was refused.`,
      clock.evidence,
      facts,
    )
  return unknown(id, `EFI variables were not looked at ${when}.`)
}

function causeFact(seen: Seen): { cause?: string } {
  return refusedByPkvm(seen).length > 0 ? { cause: 'not-negotiated' } : {}
}

/**
 * Rests on what load_uefi_certs() says (security/integrity/platform_certs/load_uefi.c): a status where a variable could
 * not be read, a certificate where one could. A variable that is not there prints nothing at all, so that silence proves
 * nothing but that no call failed; with initcall_debug it is shown that it ran. It is a late_initcall, which in 7.2 and
 * later comes before the FF-A driver's deferred probe.
 */
function certs(seen: Seen): Finding {
  const id = 'efivars.certs'
  const failed = seen.all('uefi-certs.failed')
  const status = failed
    .map(({ match }) => match.groups['status'] ?? match.groups['reading'])
    .find((each) => each !== undefined)
  const [first, ...rest] = failed
  if (first && status !== undefined) {
    const takeover = takeoverOf(seen)
    const version = seen.all('ffa.firmware-version').find((line) => takeover && isBefore(takeover.mode, line) === true)
    const early = takeover && isBefore(takeover.mode, first) === true && !(version && isBefore(version, first) === true)
    // EDK2 may return the status of an older call: then the trace shows that pKVM refused its calls.
    const traced = efiStatusName(status) === 'INVALID_PARAMETER' ? [] : refusedEfiCalls(seen)
    const refused = early && (efiStatusName(status) === 'INVALID_PARAMETER' || traced.length > 0)
    const why = refused ? ', as pKVM had taken over and negotiated no FF-A version yet' : ''
    const note = refused && traced.length > 0 ? ' (that status is of an older call)' : ''
    return fail(
      id,
      `The platform keyring could not read its EFI variables (${efiStatusName(status)})${why}${note}.`,
      [
        cite(first),
        ...rest.slice(0, 5).map(cite),
        ...(refused && takeover ? [cite(takeover.mode)] : []),
        ...(refused ? traced.slice(0, 1) : []),
      ],
      known({ status, cause: refused ? 'not-negotiated' : undefined }),
    )
  }
  const loaded = seen.first('uefi-certs.loading')
  if (loaded)
    return pass(id, `The platform keyring read certificates from EFI variables (${loaded.match.groups['source']}).`, [
      cite(loaded),
    ])
  if (seen.symbol('LOAD_UEFI_KEYS') === 'n')
    return skip(id, 'The kernel does not load certificates from EFI variables (LOAD_UEFI_KEYS).')
  const none = seen.first('efi.none')
  if (none) return skip(id, 'The firmware has no EFI.', [cite(none)])
  const off = seen.first('efi.runtime-asked-off') ? withoutRuntime(seen, id) : undefined
  if (off) return off
  for (const log of seen.shown.consoles) {
    const ran = initcallTimeline(log).find(
      (entry) => entry.kind === 'initcall' && entry.name === 'load_uefi_certs' && entry.returned,
    )
    const index = log.lines.findIndex(({ number }) => number === ran?.returned?.line)
    if (index >= 0)
      return unknown(id, 'load_uefi_certs ran and said nothing: its variables are not there, or were read and empty.', [
        citeLines(log, index, index),
        ...failed.map(cite),
      ])
  }
  if (first)
    return unknown(id, 'The platform keyring got a list of none, without a status that says why.', failed.map(cite))
  return unknown(id, 'No line says whether the platform keyring read its EFI variables.')
}
