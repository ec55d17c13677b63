import type { Finding } from '../finding.ts'
import { cite } from './cite.ts'
import { askedMode, takeoverOf } from './kvm-mode.ts'
import { fail, known, pass, skip, unknown } from './outcome.ts'
import type { Probe } from './probe.ts'
import { isBefore, type Seen, type Sighting } from './seen.ts'

/** Who came first: the FF-A driver or pKVM. */
export const order: Probe = {
  group: 'order',
  findings: [
    {
      id: 'order.ffa-before-kvm',
      asks: 'Did the FF-A driver wait until pKVM stood between it and the firmware?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 1,
    },
    {
      id: 'order.initcalls',
      asks: 'When were the deciding initcalls called, and what did they return?',
      outcomes: ['pass', 'unknown'],
      since: 1,
    },
  ],
  wants: [],
  config: ['ARM_FFA_TRANSPORT'],
  judge: (seen) => [ffaBeforeKvm(seen), initcalls(seen)],
}

/** The moment at which the FF-A driver spoke to whoever answers FF-A calls. */
interface FirstTalk {
  by: 'ffa_init' | 'probe of arm-ffa' | 'driver'
  /** The line nearest to it. */
  line: Sighting
  evidence: Sighting[]
  built: 'built-in' | 'module' | undefined
}

/**
 * Rests on the order of lines in one console: the driver's first word (`ARM FF-A: Driver version`, printed right after
 * FFA_VERSION came back) or, without it, the initcall or probe that did the work, against `calling kvm_arm_init`, inside
 * which SMCs begin to trap. Until 7.1 the work is done in ffa_init; since 7.2 ffa_init only registers a platform driver
 * and the `probe of arm-ffa` does it (drivers/firmware/arm_ffa/driver.c). Fails where FF-A came first although pKVM then
 * took over: RXTX buffers and the version were agreed behind the hypervisor's back.
 */
function ffaBeforeKvm(seen: Seen): Finding {
  const id = 'order.ffa-before-kvm'
  if (seen.symbol('ARM_FFA_TRANSPORT') === 'n') return skip(id, 'The kernel is built without the FF-A driver.')
  const talk = firstTalk(seen)
  const calling = seen.first('initcall.calling', { function: 'kvm_arm_init' })
  const facts = known({
    ffa_by: talk?.by,
    ffa_built: talk?.built,
    ffa_at: talk?.line.match.at,
    kvm_at: calling?.match.at,
    finalize_at: seen.first('initcall.calling', { function: 'finalize_pkvm' })?.match.at,
  })
  const asked = askedMode(seen)
  if (asked === 'unknown')
    return unknown(id, 'The log does not show whether protected mode was asked for.', talk?.evidence.map(cite), facts)
  if (asked !== 'protected')
    return skip(
      id,
      'Protected mode was not asked for, so no hypervisor stands between FF-A and the firmware.',
      [],
      facts,
    )
  if (!talk) return unknown(id, noTalk(seen), seen.all('probe.returned', { device: 'arm-ffa' }).map(cite), facts)
  const takeover = takeoverOf(seen)
  const evidence = [...talk.evidence, calling, takeover?.mode].filter((line) => line !== undefined)
  if (!takeover) return unknown(id, 'No line of the log says that pKVM took over.', evidence.map(cite), facts)
  const who = `FF-A (${talk.by}${talk.built ? `, ${talk.built}` : ''})`
  const start = calling ?? takeover.mode
  if (isBefore(talk.line, start))
    return fail(
      id,
      `${who} talked to the firmware at ${time(talk.line)}, before ${calling ? 'kvm_arm_init ran' : 'pKVM was up'} at ${time(start)}: pKVM did not see it.`,
      [cite(talk.line), ...evidence.filter((line) => line !== talk.line).map(cite)],
      facts,
    )
  if (isBefore(takeover.mode, talk.line))
    return pass(
      id,
      `${who} first talked at ${time(talk.line)}, after pKVM took over at ${time(takeover.mode)}.`,
      [cite(talk.line), ...evidence.filter((line) => line !== talk.line).map(cite)],
      facts,
    )
  return unknown(
    id,
    `${who} and kvm_arm_init ran at the same time; the log does not order them.`,
    evidence.map(cite),
    facts,
  )
}

function firstTalk(seen: Seen): FirstTalk | undefined {
  const calling = seen.first('initcall.calling', { function: 'ffa_init' })
  const module = calling && (calling.match.groups['module'] ? 'module' : 'built-in')
  const word = seen.first('ffa.driver-version')
  const probes = seen.all('probe.returned', { device: 'arm-ffa' })
  if (probes.length > 0) {
    // 517 is EPROBE_DEFER: the probe gave up before its first call because pKVM was not there yet.
    const worked = probes.find(({ match }) => Math.abs(Number(match.groups['rc'])) !== 517)
    if (!worked) return undefined
    const deferred = probes.filter((line) => isBefore(line, worked))
    const evidence = [...deferred, word, worked].filter((line) => line !== undefined)
    return { by: 'probe of arm-ffa', line: word ?? worked, evidence, built: module }
  }
  const line = word ?? calling
  if (!line) return undefined
  const returned = seen.first('initcall.returned', { function: 'ffa_init' })
  const evidence = [calling, word, returned].filter((each) => each !== undefined)
  return { by: calling ? 'ffa_init' : 'driver', line, evidence, built: module }
}

function noTalk(seen: Seen): string {
  if (seen.all('probe.returned', { device: 'arm-ffa' }).length > 0)
    return 'The probe of arm-ffa was deferred and did not come back, so FF-A never talked to anyone.'
  return 'No line of the log shows the FF-A driver starting.'
}

/**
 * Lists when the deciding initcalls were called and what they returned, in seconds of the kernel's clock, from
 * initcall_debug (init/main.c). It says nothing good or bad of them: pass means that all of them show.
 */
function initcalls(seen: Seen): Finding {
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
    const debug = seen.onCommandLine('initcall_debug') ? '' : '; initcall_debug is not on the command line'
    return unknown(id, `The log does not show ${missing.join(', ')}${debug}.`, lines.map(cite), known(facts))
  }
  const listed = text
    .toSorted((a, b) => (a.match.at ?? 0) - (b.match.at ?? 0))
    .map((line) => `${line.match.groups['function']} at ${time(line)}`)
  return pass(id, `Called in this order: ${listed.join(', ')}.`, [first, ...rest], known(facts))
}

function number(line: Sighting | undefined, group: string): number | undefined {
  const value = line?.match.groups[group]
  return value === undefined ? undefined : Number(value)
}

function time({ match, log, index }: Sighting): string {
  return match.at === undefined ? `line ${log.lines[index]?.number}` : `${match.at.toFixed(6)} s`
}
