import type { Finding } from '../finding.ts'
import { citeRecord } from '../evidence/cite.ts'
import { countedCalls, isFinding, type Call, type CountedCalls } from './ffa-calls.ts'
import { refusalOf, refusals } from './ffa-refusal.ts'
import { fail, known, pass, unknown } from './outcome.ts'
import type { RecordOf, Seen } from './seen.ts'

const id = 'ffa.negotiated'

/** Calls that came with a version of FF-A (DEN0077A, revision history): who answers them knows at least that one. */
const since: [version: string, name: string, about?: string][] = [
  ['1.2', 'FFA_FEATURES', 'PARTITION_INFO_GET_REGS'],
  ['1.2', 'FFA_FEATURES', 'DIRECT_REQ2'],
  ['1.2', 'FFA_PARTITION_INFO_GET_REGS'],
  ['1.1', 'FFA_SPM_ID_GET'],
]

/**
 * Which FF-A version holds between the kernel and whoever answers its calls, found out without FFA_VERSION, which would
 * negotiate one. Rests on FFA_ID_GET of our probe, which pKVM refuses until a version was negotiated; on what is answered
 * that came with a later version; and on the version that the kernel's driver has (api_version_get in struct
 * ffa_info_ops). The driver's alone proves nothing: on 6.18.5 built-in it has 1.2 from EL3 while pKVM has none.
 */
export function negotiated(seen: Seen): Finding {
  const counted = countedCalls(seen, id)
  if (isFinding(counted)) return counted
  const driver = seen.records('ffa-driver').findLast(({ body }) => body.op === 'api_version_get')
  const version = driver && versionOf(driver)
  const asked = counted.calls.find(({ body }) => body.name === 'FFA_ID_GET')
  if (!asked) return unknown(id, `FFA_ID_GET was not called ${counted.when}.`, counted.calls.map(citeRecord))
  const evidence = driver ? [citeRecord(driver)] : []
  const { status, errno } = asked.body
  if (errno !== 0) {
    const cause = refusalOf(asked.body, counted)
    const believes = version === undefined ? '' : `The kernel's driver has FF-A ${version}, but `
    const sentence = `${believes}FFA_ID_GET gave ${status} (${errno}) ${counted.when}; ${refusals[cause]}.`
    const facts = known({ driver: version, errno, status, cause })
    return fail(id, sentence, [citeRecord(asked), ...evidence, ...counted.evidence], facts)
  }
  const newest = newestOf(counted)
  const atLeast = newest?.version ?? '1.0'
  const shown = newest ? `${newest.call.body.name}${aboutOf(newest.call)} is answered` : 'FFA_ID_GET is answered'
  return pass(
    id,
    version === undefined
      ? `FF-A ${atLeast} or later is in use: ${shown} ${counted.when}.`
      : `FF-A ${version} is in use, as the kernel's driver has it; FFA_ID_GET came back ${counted.when}.`,
    [citeRecord(asked), ...evidence, ...(newest ? [citeRecord(newest.call)] : []), ...counted.evidence],
    known({ driver: version, at_least: atLeast }),
  )
}

function newestOf({ calls }: CountedCalls): { version: string; call: Call } | undefined {
  for (const [version, name, about] of since) {
    const call = calls.find(({ body }) => body.name === name && body.about === about && body.errno === 0)
    if (call) return { version, call }
  }
  return undefined
}

function aboutOf({ body }: Call): string {
  return body.about === undefined ? '' : ` (${body.about})`
}

/** DEN0077A 13.2: bits 30 to 16 the major, 15 to 0 the minor version; what the driver has before it negotiated is 0. */
function versionOf({ body }: RecordOf<'ffa-driver'>): string | undefined {
  const value = Number(body.value)
  return body.errno !== 0 || value === 0 ? undefined : `${(value >>> 16) & 0x7fff}.${value & 0xffff}`
}
