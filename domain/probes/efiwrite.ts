import { fromHex, toLatin1 } from '../bytes/bytes.ts'
import type { Finding } from '../finding.ts'
import { citeRecord } from '../evidence/cite.ts'
import { refusedByPkvm, stepsAt, type Step, withoutVariables } from './efi/clock.ts'
import { fail, known, pass, skip, unknown } from './outcome.ts'
import type { Probe } from './probe.ts'
import type { Seen } from './seen.ts'

/** A test variable written, read back and deleted: a group of its own, so that a plan allows it by naming it. */
export const efiwrite: Probe = {
  group: 'efiwrite',
  findings: [
    {
      id: 'efiwrite.round-trip',
      asks: 'Can a test variable be written through efivarfs, read back and deleted?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 6,
    },
  ],
  wants: [{ kind: 'efi', path: '/sys/firmware/efi/efivars', write: true }],
  config: ['EFIVAR_FS'],
  judge: (seen) => [roundTrip(seen)],
}

/** What init writes: its attributes are the four bytes before (guest/init/efi.c). */
const written = 'hyplab'

/** Rests on init's last visit to efivarfs: `write`, a `read` of the same name that has the bytes written, `delete`. */
function roundTrip(seen: Seen): Finding {
  const id = 'efiwrite.round-trip'
  const after = stepsAt(seen, 'after-modules')
  const steps = after.some(({ body }) => body.step === 'write') ? after : stepsAt(seen, 'before-modules')
  const write = steps.find(({ body }) => body.step === 'write')
  if (!write) {
    const none = withoutVariables([...after, ...steps])
    if (none) return skip(id, none.why, [citeRecord(none.step)])
    if (seen.symbol('EFIVAR_FS') === 'n') return skip(id, 'The kernel is built without efivarfs.')
    return unknown(id, 'No test variable was written.', after.map(citeRecord))
  }
  const name = write.body.name
  const read = steps.find(({ body }) => body.step === 'read' && body.name === name)
  const deleted = steps.find(({ body }) => body.step === 'delete' && body.name === name)
  const evidence = [read, deleted].filter((step) => step !== undefined).map(citeRecord)
  const bad = [write, read, deleted].find((step) => step !== undefined && step.body.rc !== 0)
  if (bad) {
    const pkvm = bad.body.rc === -22 ? refusedByPkvm(seen) : []
    return fail(
      id,
      `The ${bad.body.step} of a test variable failed (${bad.body.rc}).`,
      [citeRecord(write), ...evidence, ...pkvm],
      known({ step: bad.body.step, errno: bad.body.rc, cause: pkvm.length > 0 ? 'not-negotiated' : undefined }),
    )
  }
  if (!read || !deleted)
    return unknown(id, 'Of the test variable not every step was reported.', [citeRecord(write), ...evidence])
  if (valueOf(read) !== written)
    return fail(
      id,
      'A test variable was written, and something else was read back.',
      [citeRecord(write), ...evidence],
      { step: 'read' },
    )
  return pass(id, 'A test variable was written, read back and deleted.', [citeRecord(write), ...evidence])
}

function valueOf({ body }: Step): string | undefined {
  const bytes = fromHex(body.bytes ?? '')
  return bytes && toLatin1(bytes.subarray(4))
}
