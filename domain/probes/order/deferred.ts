import type { Finding } from '../../finding.ts'
import { deferrals, type Deferral } from '../../initcalls/deferrals.ts'
import { cite, citeRecord } from '../../evidence/cite.ts'
import { fail, known, pass, unknown } from '../outcome.ts'
import type { Seen } from '../seen.ts'
import { citeMoment, initcallOf, timelineOf, type Timeline } from './timeline.ts'

/** The list that drivers/base/dd.c deferred_devs_show() prints: a device a line, a tab and the reason behind it. */
export const devicesDeferred = '/sys/kernel/debug/devices_deferred'

/**
 * Which devices a driver put off (EPROBE_DEFER), for how long, and which never came. That something never came is shown
 * by `devices_deferred` of a target whose init came so far, by the driver core's own complaint when it gives up waiting,
 * or by a log of initcall_debug that goes as far as init and shows no other answer. Facts: `count`, `never` and `longest`
 * seconds, with their devices.
 */
export function deferred(seen: Seen): Finding {
  const id = 'order.deferred'
  const timeline = timelineOf(seen)
  const list = timeline ? deferrals(timeline.entries) : []
  const record = seen.records('file').find(({ body }) => body.path === devicesDeferred && body.rc === 0)
  const lines = record?.body.text.split('\n').filter((line) => line !== '') ?? []
  const complaints = seen.all('probe.deferred')
  const never = new Map(lines.map((line) => [line.split('\t')[0]!, line.split('\t').slice(1).join(' ').trim()]))
  for (const { match } of complaints) never.set(match.groups['device']!, match.groups['reason'] ?? '')
  if (!record && seen.first('linux.init')) for (const { device, ended } of list) if (!ended) never.set(device, '')
  const longest = list.filter(({ seconds }) => seconds !== undefined).toSorted((a, b) => b.seconds! - a.seconds!)[0]
  const facts = known({
    count: list.length,
    never: never.size === 0 ? undefined : [...never.keys()].join(' '),
    longest: longest?.seconds === undefined ? undefined : Number(longest.seconds.toFixed(6)),
    longest_device: longest?.device,
  })
  const tries = timeline ? list.flatMap((each) => evidenceOf(timeline, each)) : []
  const shown = [...(record ? [citeRecord(record)] : []), ...complaints.map(cite), ...tries]
  const [first, ...rest] = shown
  if (never.size > 0 && first) {
    const names = [...never].map(([device, reason]) => (reason ? `${device} (${reason})` : device))
    return fail(id, `Put off and never taken by a driver: ${names.join(', ')}.`, [first, ...rest], facts)
  }
  const done = timeline && initcallOf(timeline, 'deferred_probe_initcall')?.returned
  const proof = first ?? (done && citeMoment(timeline, done))
  if (!proof || (!record && list.some(({ ended }) => !ended)))
    return unknown(id, `Nothing shows what became of deferred probes${debug(seen)}.`, shown, facts)
  if (list.length === 0) return pass(id, 'No driver put a device off.', [proof, ...rest], facts)
  const came = list.map(
    ({ device, seconds }) => `${device}${seconds === undefined ? '' : ` for ${seconds.toFixed(3)} s`}`,
  )
  return pass(id, `Put off, and decided in the end: ${came.join(', ')}.`, [proof, ...rest], facts)
}

function evidenceOf(timeline: Timeline, { tries, ended }: Deferral) {
  return [...tries, ...(ended ? [ended] : [])].map(({ returned }) => citeMoment(timeline, returned))
}

function debug(seen: Seen): string {
  return seen.onCommandLine('initcall_debug') ? '' : '; initcall_debug is not known to be on the command line'
}
