import type { Finding, FactValue } from '../finding.ts'
import { cite, citeRecord } from '../evidence/cite.ts'
import { countedCalls, isFinding, type Call, type CountedCalls } from './ffa-calls.ts'
import { receiverOf, refusalOf, refusals } from './ffa-refusal.ts'
import { askedMode, takeoverOf } from './kvm-mode.ts'
import { fail, known, pass, skip, unknown } from './outcome.ts'
import { isBefore, type Seen } from './seen.ts'
import type { Sighting } from '../signatures/sighting.ts'

/** DEN0138: the service that puts a TPM's CRB behind FF-A. */
const tpm = '17b862a4-1806-4faf-86b3-089a58353861'
/** Services whose question for their version our probe knows (guest/ffa-probe/messages.c); others get nothing but zeros. */
const understood = [tpm, '486178e0-e7f8-11e3-bc5e-0002a5d5c51b']

/** A way of sending direct messages, and the property of partitions that take them (DEN0077A, partition properties). */
interface Form {
  id: string
  name: 'FFA_MSG_SEND_DIRECT_REQ' | 'FFA_MSG_SEND_DIRECT_REQ2'
  property: number
}
const first: Form = { id: 'ffa.direct-message', name: 'FFA_MSG_SEND_DIRECT_REQ', property: 1 << 0 }
const second: Form = { id: 'ffa.direct-message-2', name: 'FFA_MSG_SEND_DIRECT_REQ2', property: 1 << 9 }

/**
 * Whether each partition that takes direct requests answers one. Rests on a message of our probe to each: the question
 * for its version to a TPM (DEN0138) and to OP-TEE, zeros to others; an answer is FFA_MSG_SEND_DIRECT_RESP, whatever the
 * partition says in it. An error from below pKVM is no failure of a partition that was sent zeros: it may well want more
 * (EDK2's variable store does). Without calls of ours it rests on what drivers say of their first message.
 */
export function directMessage(seen: Seen): Finding {
  const counted = countedCalls(seen, first.id)
  return isFinding(counted) ? byDrivers(seen, counted) : judge(seen, counted, first)
}

/**
 * The same for FFA_MSG_SEND_DIRECT_REQ2 of FF-A 1.2, for partitions with property bit 9. The TPM's driver uses it wherever
 * that bit is set and has no other way (tpm_crb_ffa.c); what became of its message is read off its own line (`rc:`), as
 * the driver core's line after it says -22 whatever it was.
 */
export function directMessage2(seen: Seen): Finding {
  const counted = countedCalls(seen, second.id)
  return isFinding(counted) ? byDriver2(seen, counted) : judge(seen, counted, second)
}

function judge(seen: Seen, counted: CountedCalls, form: Form): Finding {
  const { id, name, property } = form
  const sent = counted.calls.filter(({ body }) => body.name === name && body.about !== 'nobody')
  if (sent.length === 0) return unknown(id, `No message was sent by ${name} ${counted.when}: no partition is known.`)
  const taking = sent.filter((call) => takes(seen, call, property))
  const expected = taking.filter((call) => !refusesZeros(call, counted))
  const refused = expected.find(({ body }) => body.errno !== 0)
  const driver = driverLine(seen, expected, form)
  const facts = { sent: expected.length, ...tpmFacts(expected), ...driverFacts(driver) }
  const evidence = [...(driver ? [cite(driver)] : []), ...counted.evidence]
  const [one, ...others] = expected
  if (!one && taking.length > 0)
    return unknown(id, `Only zeros were sent by ${name}, and the firmware refused them.`, taking.map(citeRecord), facts)
  if (!one) {
    const answers = sent.map(({ body }) => `${body.status} (${body.errno})`).join(', ')
    const sentence = `No partition takes ${name} (property bit ${Math.log2(property)}); sent all the same, it gave ${answers}.`
    return skip(id, sentence, sent.map(citeRecord), { sent: 0, ...refusalFacts(sent[0], counted) })
  }
  if (!refused) {
    const who = expected.map(({ body }) => body.about).join(', ')
    return pass(
      id,
      `${who} answered by ${name} ${counted.when}.`,
      [citeRecord(one), ...others.map(citeRecord), ...evidence],
      facts,
    )
  }
  const { about, status, errno } = refused.body
  const cause = refusalOf(refused.body, counted)
  return fail(
    id,
    `${name} to ${about} ${counted.when} gave ${status} (${errno}); ${refusals[cause]}.`,
    [citeRecord(refused), ...expected.filter((call) => call !== refused).map(citeRecord), ...evidence],
    { ...facts, ...refusalFacts(refused, counted) },
  )
}

/** What the driver on the bus, or the partition manager just now, says that a partition takes; anything where neither does. */
function takes(seen: Seen, { body }: Call, property: number): boolean {
  const to = receiverOf(body)
  const known = seen.records('ffa-partition').filter((record) => record.body.id === to)
  const { properties = property } = (known.find((record) => record.body.device === 'now') ?? known[0])?.body ?? {}
  return (properties & property) !== 0
}

function refusesZeros({ body }: Call, counted: CountedCalls): boolean {
  if (body.errno === 0 || understood.includes(body.about ?? '')) return false
  return refusalOf(body, counted) === 'refused-by-spmc'
}

function refusalFacts(call: Call | undefined, counted: CountedCalls): Record<string, FactValue> {
  if (!call || call.body.errno === 0) return {}
  const { status, errno, about } = call.body
  return known({ errno, status, partition: about, cause: refusalOf(call.body, counted) })
}

/** A TPM's answer: status in x4, version in x5 (DEN0138, GET_INTERFACE_VERSION). */
function tpmFacts(calls: Call[]): Record<string, FactValue> {
  const answer = calls.find(({ body }) => body.about === tpm && body.errno === 0)?.body.response
  if (!answer) return {}
  const version = Number(BigInt(answer[5] ?? '0x0') & 0xffff_ffffn)
  const status = `0x${(BigInt(answer[4] ?? '0x0') & 0xffff_ffffn).toString(16)}`
  // CRB_FFA_OK_RESULTS_RETURNED (tpm_crb_ffa.c).
  return known({
    tpm_status: status,
    tpm_version: status === '0x5000002' ? `${(version >>> 16) & 0x7fff}.${version & 0xffff}` : undefined,
  })
}

/**
 * What the TPM's driver says of its first message, if that was of the form asked about: DIRECT_REQ2 where the partition
 * takes it (tpm_crb_ffa.c tpm_crb_ffa_probe()).
 */
function driverLine(seen: Seen, calls: Call[], { id }: Form): Sighting | undefined {
  const call = calls.find(({ body }) => body.about === tpm)
  if (!call) return undefined
  const isSecond = seen
    .records('ffa-partition')
    .some(({ body }) => body.uuid === tpm && (body.properties & second.property) !== 0)
  return isSecond === (id === second.id) ? seen.last('tpm.crb-ffa-refused') : undefined
}

function driverFacts(line: Sighting | undefined): Record<string, FactValue> {
  const rc = line?.match.groups['errno']
  return known({ driver_rc: rc === undefined ? undefined : Number(rc) })
}

/** Without calls of ours: a driver that got its first message through, or not. */
function byDrivers(seen: Seen, otherwise: Finding): Finding {
  if (seen.records('ffa-call').length > 0) return otherwise
  const refused = seen.last('tpm.crb-ffa-refused')
  const bad = (refused && isFirstForm(seen, refused) ? refused : undefined) ?? overFfa(seen, 'optee.unexpected-error')
  if (bad?.match.groups['errno'] !== undefined)
    return fail(first.id, `A driver's direct message was refused: ${bad.match.message}.`, [cite(bad)], {
      errno: errnoOf(bad),
      driver_rc: errnoOf(bad),
    })
  const good = seen.last('tpm.crb-ffa-version') ?? overFfa(seen, 'optee.initialized')
  return good && isAfterTakeover(seen, good)
    ? pass(first.id, `A driver's direct message was answered: ${good.match.message}.`, [cite(good)])
    : otherwise
}

/** What FFA_MSG_SEND_DIRECT_REQ2 gives where pKVM, or the driver for want of it, does not send it (ffa_sync_send_receive2()). */
const notSupported = -95

/**
 * Whether the message that the TPM's driver tells of was no DIRECT_REQ2, which came with FF-A 1.2. pKVM lets none pass and
 * gives -95; another error under pKVM is that of the older form.
 */
function isFirstForm(seen: Seen, refused: Sighting): boolean {
  if (errnoOf(refused) === notSupported) return false
  const takeover = takeoverOf(seen)
  if (takeover && isBefore(takeover.mode, refused) === true) return true
  const { minor } = seen.last('ffa.firmware-version')?.match.groups ?? {}
  return minor === undefined || Number(minor) < 2
}

/** -95 under pKVM is its block list, which DIRECT_REQ2 is on and DIRECT_REQ is not (nvhe/ffa.c ffa_call_supported()). */
function byDriver2(seen: Seen, otherwise: Finding): Finding {
  if (seen.records('ffa-call').length > 0) return otherwise
  const refused = seen.last('tpm.crb-ffa-refused')
  const takeover = takeoverOf(seen)
  if (!refused || errnoOf(refused) !== notSupported || !takeover || isBefore(takeover.mode, refused) !== true)
    return otherwise
  return fail(
    second.id,
    `A driver's direct message was refused: ${refused.match.message}; ${refusals['blocked-by-proxy']}.`,
    [cite(refused), cite(takeover.mode)],
    { errno: notSupported, driver_rc: notSupported, cause: 'blocked-by-proxy' },
  )
}

/** A line of the OP-TEE driver, if FF-A is its transport: over plain SMCs it says the same. */
function overFfa(seen: Seen, id: string): Sighting | undefined {
  return seen.first('optee.smc-abi') || !seen.first('ffa.driver-version') ? undefined : seen.last(id)
}

function errnoOf({ match }: Sighting): number {
  return Number(match.groups['errno'])
}

/** Whether a line tells of a time when pKVM, where it was asked for, had taken over. */
function isAfterTakeover(seen: Seen, line: Sighting): boolean {
  const takeover = takeoverOf(seen)
  if (!takeover) return askedMode(seen) !== 'protected'
  return line.match.at !== undefined && takeover.at !== undefined && line.match.at > takeover.at
}
