import type { Finding } from '../finding.ts'
import type { FfaPartitionBody } from '../records/record.ts'
import { cite, citeRecord } from '../evidence/cite.ts'
import { askedMode, takeoverOf } from './kvm-mode.ts'
import { fail, known, pass, skip, unknown } from './outcome.ts'
import type { RecordOf, Seen } from './seen.ts'

const id = 'ffa.partitions'
const folder = '/sys/bus/arm_ffa/devices'
const nil = '00000000-0000-0000-0000-000000000000'

/**
 * Which partitions there are. Rests on the answer to FFA_PARTITION_INFO_GET of our probe module (count in w2, DEN0077A
 * 13.8) and lists beside it what the bus shows. The list alone proves nothing: it is filled when the driver starts and
 * stays when every call fails afterwards. The device with the nil UUID is the kernel's own endpoint
 * (ffa_setup_host_partition(), drivers/firmware/arm_ffa/driver.c) and does not count.
 */
export function partitions(seen: Seen): Finding {
  const devices = devicesOf(seen)
  const call = seen.records('ffa-call').findLast(({ body }) => body.name === 'FFA_PARTITION_INFO_GET')
  const answered = call?.body.errno === 0
  const count = answered ? Number.parseInt(call.body.response[2] ?? '', 16) : undefined
  const uuids = devices && devices.uuids.join(' ')
  const described = describedOf(seen)
  const facts = known({
    count: Number.isNaN(count) ? undefined : count,
    devices: devices?.uuids.length,
    uuids,
    properties: described.map(({ body }) => propertiesOf(body)).join(' ') || undefined,
    errno: answered ? undefined : call?.body.errno,
  })
  const listing = [...(devices?.evidence ?? []), ...described].map(citeRecord)
  if (!call) {
    if (seen.symbol('ARM_FFA_TRANSPORT') === 'n')
      return skip(id, 'The kernel is built without the FF-A driver.', listing, facts)
    const shown = devices ? `; the ${devices.uuids.length} on the bus are what was there when the driver started` : ''
    return unknown(id, `FFA_PARTITION_INFO_GET was not called${shown}.`, listing, facts)
  }
  const { status, errno, at } = call.body
  if (!answered) {
    const stale = devices && devices.uuids.length > 0 ? `; the ${devices.uuids.length} on the bus are stale` : ''
    return fail(
      id,
      `FFA_PARTITION_INFO_GET was refused with ${status} (${errno})${stale}.`,
      [citeRecord(call), ...listing],
      facts,
    )
  }
  const takeover = takeoverOf(seen)
  const early = takeover?.at !== undefined && at <= takeover.at
  if (early || (!takeover && askedMode(seen) === 'protected'))
    return unknown(
      id,
      'FFA_PARTITION_INFO_GET came back, but not shown to be after pKVM took over.',
      [citeRecord(call), ...listing],
      facts,
    )
  const found = `FFA_PARTITION_INFO_GET counts ${count}; the bus shows ${devices ? devices.uuids.length : 'nothing we could read'}`
  const mode = takeover ? [cite(takeover.mode)] : []
  if (count === undefined || Number.isNaN(count) || count === 0)
    return fail(id, `There are no partitions: ${found}.`, [citeRecord(call), ...listing, ...mode], facts)
  return pass(
    id,
    `${found}${devices && devices.uuids.length > 0 ? ` (${uuids})` : ''}.`,
    [citeRecord(call), ...listing, ...mode],
    facts,
  )
}

/** What the partition manager says of partitions now, else what the driver was told when it started. */
function describedOf(seen: Seen): RecordOf<'ffa-partition'>[] {
  const all = seen.records('ffa-partition').filter(({ body }) => body.uuid !== nil)
  const now = all.filter(({ body }) => body.device === 'now')
  return now.length > 0 ? now : all
}

function propertiesOf({ id: partition, properties }: FfaPartitionBody): string {
  return `0x${partition.toString(16)}:0x${properties.toString(16)}`
}

function devicesOf(seen: Seen): { uuids: string[]; evidence: RecordOf<'file' | 'list'>[] } | undefined {
  const files = seen
    .records('file')
    .filter(({ body }) => body.rc === 0 && body.path.startsWith(`${folder}/`) && body.path.endsWith('/uuid'))
  const list = seen.records('list').find(({ body }) => body.path === folder && body.rc === 0)
  if (!list && files.length === 0) return undefined
  const uuids = files.map(({ body }) => body.text.trim().toLowerCase()).filter((uuid) => uuid !== nil)
  return { uuids, evidence: [...(list ? [list] : []), ...files] }
}
