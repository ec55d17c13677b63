import type { Shown } from '../../attempt.ts'
import type { Finding } from '../../finding.ts'
import { kernelLogOf } from '../../records/kernel-log.ts'
import { citeRecord } from '../../evidence/cite.ts'
import { fail, pass, skip, unknown, type SomeEvidence } from '../outcome.ts'
import type { RecordOf } from '../seen.ts'

const id = 'lab.wire'
/** Lines given again that are quoted. */
const quoted = 3

/**
 * Rests on the sums by which init tells what the kernel said on its console, where records share it, and on the lines that it
 * gave again. Facts: `lines`, `damaged`, `again` (of the damaged ones, those that init gave again), and `lost`, messages that
 * the kernel had no more when init asked.
 */
export function wireFinding({ heard = [], records }: Shown, hello: RecordOf<'hello'> | undefined): Finding {
  const log = kernelLogOf(heard, records)
  if (!log)
    return hello && hello.body.channel !== '/dev/console'
      ? skip(id, 'Records came by a channel of their own: the console was not held against the kernel’s log.')
      : unknown(id, 'Init did not come so far as to tell what the kernel had said.')
  const { console, lines, lost, damaged, mended, sums } = log
  const facts = { lines, damaged: damaged.length, again: mended, lost }
  const [first] = sums
  if (!first) return unknown(id, 'Nothing tells what the kernel had said.', [], facts)
  const told: SomeEvidence = [citeRecord(first)]
  if (damaged.length === 0)
    return pass(id, `All ${lines} lines of the kernel's log came over ${console} as the kernel said them.`, told, facts)
  const again = records.filter(({ body }) => body.fact === 'log-line').slice(0, quoted)
  const rest = mended === damaged.length ? 'init gave them again' : `init gave ${mended} of them again`
  const sentence = `${damaged.length} of the ${lines} lines of the kernel's log did not come over ${console} as the kernel said them; ${rest}.`
  return fail(id, sentence, [...told, ...again.map(citeRecord)], facts)
}
