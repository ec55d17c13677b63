import type { Finding } from '../../finding.ts'
import { allocatedBanks, tpmAnswer } from '../../tpm/answer.ts'
import { citeRecord } from '../../evidence/cite.ts'
import { measuredOf } from '../measured.ts'
import { fail, pass, skip, unknown } from '../outcome.ts'
import type { RecordOf, Seen } from '../seen.ts'
import { driver } from './driver.ts'
import { tpmPresence } from './presence.ts'

/** Rests on nothing but commands that our init sent to the TPM's device, and their answers: a driver that is bound may have none. */
export function command(seen: Seen): Finding {
  const id = 'tpm.command'
  const all = seen.records('tpm-command')
  const [first] = all
  if (!first) {
    if (seen.symbol('TCG_TPM') === 'n') return skip(id, 'The kernel is built without TPM support.')
    return unknown(id, 'No TPM command was sent, so nothing shows whether one comes back.')
  }
  const bad = all.find(({ body }) => body.rc !== 0 || tpmAnswer(body.response)?.code !== 0)
  if (!bad) {
    const slowest = Math.max(...all.map(({ body }) => body.took))
    const names = all.map(({ body }) => body.command).join(', ')
    return pass(id, `The TPM answers: ${names} came back.`, [citeRecord(first), ...all.slice(1).map(citeRecord)], {
      commands: all.length,
      slowest,
    })
  }
  const { body } = bad
  if (body.rc === -2) {
    // Where nothing says that there should be one, its absence is what was asked for.
    const { outcome, sentence } = driver(seen)
    if (outcome === 'skip') return skip(id, sentence, [citeRecord(bad)])
    return fail(id, `No TPM command could be sent: there is no ${body.device}.`, [citeRecord(bad)], {
      errno: -2,
      cause: 'no-tpm',
    })
  }
  const code = tpmAnswer(body.response)?.code
  if (body.rc === 0 && code !== undefined)
    return fail(id, `The TPM answered ${body.command} with the error 0x${code.toString(16)}.`, [citeRecord(bad)], {
      code,
      cause: 'tpm',
    })
  if (body.rc === 0)
    return fail(id, `What came back for ${body.command} is no answer of a TPM.`, [citeRecord(bad)], {
      cause: 'garbled',
    })
  const cause = body.rc === -110 || body.rc === -62 ? 'timeout' : 'driver'
  return fail(id, `${body.command} did not come back (${body.rc}).`, [citeRecord(bad)], { errno: body.rc, cause })
}

/** Rests on the PCRs that sysfs has, one directory for each bank, and on the TPM's own answer where one was asked for; fails where the two differ or there is none. */
export function banks(seen: Seen): Finding {
  const id = 'tpm.banks'
  const { pcrs, pcrRecords } = measuredOf(seen)
  const shown = [...pcrs.keys()].sort()
  const first = [...pcrRecords.values()][0]
  const told = toldBanks(seen)
  const names = (list: string[]) => list.join(', ') || 'none'
  if (first) {
    const facts = { banks: shown.join(' ') }
    const evidence = [...pcrs.keys()].map((bank) => [...pcrRecords].find(([key]) => key.startsWith(`${bank}/`))?.[1])
    const cited = evidence
      .filter((record) => record !== undefined && record !== first)
      .map((record) => citeRecord(record!))
    const unlike = told && told.banks.toSorted().join() !== shown.join()
    if (unlike)
      return fail(
        id,
        `The TPM has the banks ${names(told.banks)}, the kernel shows ${names(shown)}.`,
        [citeRecord(first), ...cited, citeRecord(told.record)],
        facts,
      )
    return pass(
      id,
      `The TPM has PCRs in: ${names(shown)}.`,
      [citeRecord(first), ...cited, ...(told ? [citeRecord(told.record)] : [])],
      facts,
    )
  }
  if (told)
    return told.banks.length > 0
      ? unknown(id, `The TPM says that it has ${names(told.banks)}; no PCR was read.`, [citeRecord(told.record)])
      : fail(id, 'The TPM has no bank of PCRs allocated.', [citeRecord(told.record)], { banks: '' })
  const presence = tpmPresence(seen)
  if (presence && !presence.there)
    return skip(id, 'There is no TPM, so there are no PCRs.', [citeRecord(presence.record)])
  return unknown(id, 'No PCR was read.')
}

function toldBanks(seen: Seen): { banks: string[]; record: RecordOf<'tpm-command'> } | undefined {
  for (const record of seen.records('tpm-command')) {
    const answer = record.body.rc === 0 ? tpmAnswer(record.body.response) : undefined
    const found = answer?.code === 0 ? allocatedBanks(answer.body) : undefined
    if (found) return { banks: found, record }
  }
  return undefined
}
