import type { Shown } from '../attempt.ts'
import { LabError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import type { FactRequest } from '../records/fact-request.ts'
import { linkCauses } from './causes.ts'
import { efivars } from './efivars.ts'
import { efiwrite } from './efiwrite.ts'
import { eventLog } from './event-log.ts'
import { faults } from './faults.ts'
import { ffa } from './ffa.ts'
import { ffaPath } from './ffa-path.ts'
import { ima } from './ima.ts'
import { lab } from './lab.ts'
import { optee } from './optee.ts'
import { order } from './order.ts'
import { partition } from './partition.ts'
import { pkvm } from './pkvm.ts'
import type { FindingKind, Probe } from './probe.ts'
import { Seen } from './seen.ts'
import { tpm } from './tpm.ts'

const registry: readonly Probe[] = [
  pkvm,
  order,
  ffa,
  ffaPath,
  optee,
  partition,
  tpm,
  ima,
  eventLog,
  efivars,
  efiwrite,
  faults,
  lab,
]

/** Judged whatever a plan asks for. */
const always: readonly string[] = [faults.group, lab.group]

/** Changes whenever a finding may come out differently for the same showing, so that stored findings say who judged. */
export const probesVersion = '16'

/** The names of all probe groups, as plans use them. */
export const probeGroups: readonly string[] = registry.map(({ group }) => group)

/** The ids of all findings of the groups named (all groups when left out); `fault.*` and `lab.*` always. Throws BadInput for an unknown group. */
export function findingIds(groups: readonly string[] = probeGroups): string[] {
  return findingKinds(groups).map(({ id }) => id)
}

/** What can be found in the groups named (all when left out), in the order in which it is judged; `fault.*` and `lab.*` always. Throws BadInput for an unknown group. */
export function findingKinds(groups: readonly string[] = probeGroups): FindingKind[] {
  return chosen(groups).flatMap(({ findings }) => findings)
}

/** What init must read on the target for the groups named. Throws BadInput for an unknown group. */
export function factsWanted(groups: readonly string[]): FactRequest[] {
  const wanted = new Map<string, FactRequest>()
  for (const fact of chosen(groups).flatMap((probe) => probe.wants)) {
    const key = `${fact.kind} ${fact.path}`
    wanted.set(key, joinWants(wanted.get(key), fact))
  }
  for (const path of ['/proc/cmdline', '/proc/version']) wanted.set(`file ${path}`, { kind: 'file', path })
  return [...wanted.values()]
}

/** Two wishes for the same thing as one that gives both what they want. */
function joinWants(one: FactRequest | undefined, other: FactRequest): FactRequest {
  if (one?.kind === 'efi' && other.kind === 'efi') return { ...other, write: one.write || other.write }
  if (one?.kind === 'file' && other.kind === 'file' && (one.bytes ?? 0) > (other.bytes ?? 0)) return one
  return other
}

/** Kernel config symbols that `Shown.asked.config` must name for the groups given, `n` where the build has none. Throws BadInput for an unknown group. */
export function configWanted(groups: readonly string[]): string[] {
  return [...new Set(chosen(groups).flatMap(({ config }) => config))]
}

/**
 * Takes what an attempt showed and the probe groups to run; returns their findings in the registry's order, those of
 * the group `fault` always, those of `lab` for an attempt on a place of a lab and no other; each failure that follows from
 * another is linked to it. Throws BadInput for an unknown group.
 */
export function judge(shown: Shown, groups: readonly string[]): Finding[] {
  const seen = new Seen(shown)
  const probes = chosen(groups).filter((probe) => probe !== lab || shown.lab !== undefined)
  return linkCauses(probes.flatMap((probe) => probe.judge(seen)))
}

function chosen(groups: readonly string[]): Probe[] {
  const unknown = groups.filter((group) => !probeGroups.includes(group))
  if (unknown.length > 0)
    throw new LabError(
      'BadInput',
      `There is no probe group "${unknown.join('", "')}"; there are ${probeGroups.join(', ')}.`,
    )
  return registry.filter(({ group }) => always.includes(group) || groups.includes(group))
}
