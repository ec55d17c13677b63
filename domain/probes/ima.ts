import type { Probe } from './probe.ts'
import { bootAggregate } from './ima/boot-aggregate.ts'
import { consistent } from './ima/consistent.ts'
import { policy } from './ima/policy.ts'
import { list, replay } from './ima/replay.ts'
import { usesTpm } from './ima/uses-tpm.ts'
import { pcrWants } from './measured.ts'

const all = ['pass', 'fail', 'skip', 'unknown'] as const
const since = 6
const ima_ = '/sys/kernel/security/ima'

/** Whether IMA's measurements can be trusted: from the TPM that it found to the list replayed against PCR 10. */
export const ima: Probe = {
  group: 'ima',
  findings: [
    { id: 'ima.tpm', asks: 'Did IMA use the TPM, or bypass it, and why?', outcomes: all, since },
    { id: 'ima.boot-aggregate', asks: 'Is boot_aggregate what the PCRs give?', outcomes: all, since },
    { id: 'ima.replay', asks: 'Does the whole measurement list give PCR 10?', outcomes: all, since },
    {
      id: 'ima.list',
      asks: 'Does each entry of the measurement list have the digest of its fields?',
      outcomes: all,
      since,
    },
    { id: 'ima.policy', asks: 'Is the policy that was asked for in force?', outcomes: all, since },
    {
      id: 'ima.consistent',
      asks: 'Do the log, the list and the PCRs tell the same story?',
      outcomes: ['pass', 'fail', 'unknown'],
      since,
    },
  ],
  // PCRs before the lists: a list may be ahead of a PCR, and a PCR must not be ahead of its list.
  wants: [
    { kind: 'list', path: '/sys/class/tpm' },
    ...pcrWants,
    { kind: 'file', path: `${ima_}/ascii_runtime_measurements`, bytes: 262_144 },
    { kind: 'file', path: `${ima_}/binary_runtime_measurements`, bytes: 262_144 },
    { kind: 'file', path: `${ima_}/runtime_measurements_count` },
    { kind: 'file', path: `${ima_}/violations` },
    { kind: 'file', path: `${ima_}/policy` },
  ],
  config: ['IMA', 'IMA_INIT_LATE_SYNC', 'IMA_READ_POLICY', 'TCG_TPM'],
  judge: (seen) => [usesTpm(seen), bootAggregate(seen), replay(seen), list(seen), policy(seen), consistent(seen)],
}
