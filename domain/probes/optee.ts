import type { Finding } from '../finding.ts'
import { cite, citeRecord } from '../evidence/cite.ts'
import { fail, known, pass, skip, unknown } from './outcome.ts'
import type { Probe } from './probe.ts'
import { isBefore, type Seen } from './seen.ts'
import type { Sighting } from '../signatures/sighting.ts'

/** What became of the kernel's OP-TEE driver. */
export const optee: Probe = {
  group: 'optee',
  findings: [
    {
      id: 'optee.driver',
      asks: 'Did the OP-TEE driver of the kernel come up?',
      outcomes: ['pass', 'fail', 'skip', 'unknown'],
      since: 1,
    },
  ],
  wants: [
    { kind: 'list', path: '/sys/class/tee' },
    { kind: 'link', path: '/sys/bus/arm_ffa/devices/*/driver' },
    { kind: 'file', path: '/sys/kernel/debug/devices_deferred' },
  ],
  config: ['OPTEE', 'ARM_FFA_TRANSPORT'],
  judge: (seen) => [driver(seen)],
}

const id = 'optee.driver'

/**
 * Rests on the driver's own lines: `initialized driver` comes after it shared memory with OP-TEE and exchanged
 * capabilities, so it is proof of FF-A calls that came back (drivers/tee/optee/ffa_abi.c optee_ffa_probe()); `Unexpected
 * error N` is the errno of the direct request that did not. A deferred probe shows in devices_deferred only.
 */
function driver(seen: Seen): Finding {
  const good = seen.last('optee.initialized')
  const bad = lastOf(seen, ['optee.unexpected-error', 'optee.refused'])
  const probe = seen.last('probe.failed', { driver: 'optee' })
  const failure = bad ?? probe
  if (good && !(failure && isBefore(good, failure))) {
    const bound = seen.records('link').find(({ body }) => body.rc === 0 && body.target.endsWith('/optee'))
    return pass(id, 'The OP-TEE driver came up.', [cite(good), ...(bound ? [citeRecord(bound)] : [])])
  }
  if (failure) {
    const text = (bad ?? failure).match.groups['errno'] ?? probe?.match.groups['errno']
    const evidence = [bad, probe].filter((line) => line !== undefined && line !== failure) as Sighting[]
    const facts = known({ errno: text === undefined ? undefined : Number(text) })
    return fail(
      id,
      `The OP-TEE driver gave up: ${failure.match.message}.`,
      [cite(failure), ...evidence.map(cite)],
      facts,
    )
  }
  const built = seen.symbol('OPTEE')
  if (built === 'n') return skip(id, 'The kernel is built without the OP-TEE driver.')
  if (built === 'y' && seen.symbol('ARM_FFA_TRANSPORT') === 'm')
    return skip(
      id,
      'OPTEE=y with ARM_FFA_TRANSPORT=m: the driver is built without its FF-A half (IS_REACHABLE in ffa_abi.c).',
    )
  if (built === 'm' && !seen.shown.asked.modules.includes('optee'))
    return skip(id, 'The OP-TEE driver is a module that this cell does not load.')
  const module = seen.records('module').find(({ body }) => body.name === 'optee' && body.rc !== 0)
  if (module)
    return fail(id, `The module optee could not be loaded (${module.body.rc}).`, [citeRecord(module)], {
      errno: module.body.rc,
    })
  const deferred = seen
    .records('file')
    .find(({ body }) => body.path === '/sys/kernel/debug/devices_deferred' && /^arm-ffa/m.test(body.text))
  if (deferred)
    return fail(id, 'FF-A is still deferred, so the OP-TEE driver had nothing to bind to.', [citeRecord(deferred)], {
      deferred: true,
    })
  return unknown(id, 'No line of the log says what became of the OP-TEE driver.')
}

function lastOf(seen: Seen, ids: string[]): Sighting | undefined {
  return ids
    .flatMap((name) => seen.all(name))
    .reduce<Sighting | undefined>((last, line) => (last && isBefore(line, last) ? last : line), undefined)
}
