import { cite } from '../evidence/cite.ts'
import type { Finding } from '../finding.ts'
import { memory } from './ffa-memory.ts'
import { directMessage, directMessage2 } from './ffa-messages.ts'
import { negotiated } from './ffa-negotiated.ts'
import { notifications } from './ffa-notifications.ts'
import { partitions } from './ffa-partitions.ts'
import { usable } from './ffa-usable.ts'
import { fail, known, pass, skip, unknown } from './outcome.ts'
import type { Probe } from './probe.ts'
import type { Seen } from './seen.ts'

/** What the log says of FF-A, and what calls say of it. */
export const ffa: Probe = {
  group: 'ffa',
  findings: [
    {
      id: 'ffa.version',
      asks: 'Does the driver say which FF-A version it found? (No evidence that FF-A works.)',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 1,
    },
    {
      id: 'ffa.usable',
      asks: 'Do FF-A calls come back that are made after pKVM took over?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 1,
    },
    {
      id: 'ffa.partitions',
      asks: 'Does the partition manager count partitions after pKVM took over?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 1,
    },
    {
      id: 'ffa.negotiated',
      asks: 'Which FF-A version holds between the kernel and whoever answers its calls?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 5,
    },
    {
      id: 'ffa.notifications',
      asks: 'Can the kernel have a notification bitmap?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 5,
    },
    {
      id: 'ffa.direct-message',
      asks: 'Does each partition that takes direct requests answer one?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 5,
    },
    {
      id: 'ffa.direct-message-2',
      asks: 'Does each partition that takes direct requests of FF-A 1.2 (DIRECT_REQ2) answer one?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 5,
    },
    {
      id: 'ffa.memory',
      asks: 'Can a page be shared with a partition and taken back?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 5,
    },
  ],
  wants: [
    { kind: 'list', path: '/sys/bus/arm_ffa/devices' },
    { kind: 'file', path: '/sys/bus/arm_ffa/devices/*/partition_id' },
    { kind: 'file', path: '/sys/bus/arm_ffa/devices/*/uuid' },
    { kind: 'link', path: '/sys/bus/arm_ffa/devices/*/driver' },
    { kind: 'file', path: '/sys/kernel/debug/devices_deferred' },
  ],
  config: ['ARM_FFA_TRANSPORT'],
  judge: (seen) => [
    version(seen),
    usable(seen),
    partitions(seen),
    negotiated(seen),
    notifications(seen),
    directMessage(seen),
    directMessage2(seen),
    memory(seen),
  ],
}

/**
 * Rests on what ffa_version_check() prints (drivers/firmware/arm_ffa/driver.c:148 to 170 in 6.18.5). It is no evidence
 * that FF-A can be used: built-in on 6.12 and 6.18 the line is printed before pKVM takes over, and under pKVM it is the
 * hypervisor's own answer.
 */
function version(seen: Seen): Finding {
  const id = 'ffa.version'
  const driver = seen.last('ffa.driver-version')
  const found = seen.last('ffa.firmware-version')
  const refused = seen.last('ffa.absent') ?? seen.last('ffa.incompatible')
  const text = (line = found): string | undefined =>
    line && `${line.match.groups['major']}.${line.match.groups['minor']}`
  const facts = known({ driver: driver && text(driver), firmware: found && text(found) })
  const evidence = [driver, found, refused].filter((line) => line !== undefined).map(cite)
  if (found)
    return pass(
      id,
      `The log says that firmware version ${text()} was found; that is no evidence that FF-A can be used.`,
      [cite(found), ...(driver ? [cite(driver)] : [])],
      facts,
    )
  if (refused) return fail(id, `No FF-A version was agreed: ${refused.match.message}.`, [cite(refused)], facts)
  const built = seen.symbol('ARM_FFA_TRANSPORT')
  if (built === 'n') return skip(id, 'The kernel is built without the FF-A driver.')
  const loaded = built !== 'm' || seen.shown.asked.modules.some((name) => /^ffa[-_](?:core|module)$/.test(name))
  if (!loaded) return skip(id, 'The FF-A driver is a module that this cell does not load.')
  return unknown(id, 'No line of the log names an FF-A version.', evidence, facts)
}
