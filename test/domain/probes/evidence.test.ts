import { describe, expect, it } from 'vitest'
import type { Shown } from '../../../domain/attempt.ts'
import type { Evidence } from '../../../domain/evidence/evidence.ts'
import { findingIds, judge, probeGroups } from '../../../domain/probes/registry.ts'
import { callsOf, traced } from '../smc/traces.ts'
import { boots, consolesOf, findingOf, realRecords, shownOf } from './showing.ts'
import { tracedShown } from './traced.ts'
import { turns } from './turns.ts'

/** A showing without what a finding rests on. */
function withoutEvidence(shown: Shown, evidence: readonly Evidence[]): Shown {
  const cites = (is: (each: Evidence) => boolean) => evidence.some(is)
  return {
    ...shown,
    consoles: shown.consoles.map((log) => ({
      ...log,
      lines: log.lines.filter(
        ({ number }) =>
          !cites(
            (each) =>
              each.kind === 'console' && each.console === log.console && each.from <= number && number <= each.to,
          ),
      ),
    })),
    records: shown.records.filter(
      ({ sequence, body }) =>
        !cites(
          (each) =>
            (each.kind === 'record' && each.sequence === sequence) ||
            (each.kind === 'file' && 'path' in body && body.path === each.file),
        ),
    ),
    ...(shown.lab && {
      lab: {
        ...shown.lab,
        facts: shown.lab.facts.filter(
          ({ entry }) => !cites((each) => each.kind === 'lab' && each.from <= entry && entry <= each.to),
        ),
      },
    }),
    ...(shown.smc
      ? {
          smc: shown.smc.filter(
            ({ entry }) => !cites((each) => each.kind === 'smc' && each.from <= entry && entry <= each.to),
          ),
        }
      : {}),
  }
}

function size({ consoles, records, smc = [], lab }: Shown): number {
  const others = records.length + smc.length + (lab?.facts.length ?? 0)
  return consoles.reduce((sum, { lines }) => sum + lines.length, others)
}

/** So often may a verdict stand on something else that shows the same, e.g. one PCR after the other. */
const mostTimes = 40

/**
 * Takes away what a finding rests on until it is no verdict any more; each time something must go. A verdict that cites
 * what it does not rest on would outlive it. Any call of a trace may show where calls go, so that there it lasts longer.
 */
function expectToFall(shown: Shown, id: string): void {
  const most = id.startsWith('ffa-path.') ? size(shown) : mostTimes
  let left = shown
  for (let times = 0; ; times++) {
    const { outcome, evidence } = findingOf(left, id)
    if (outcome !== 'pass' && outcome !== 'fail') return
    expect(times, `${id} is still ${outcome}`).toBeLessThan(most)
    const before = size(left)
    left = withoutEvidence(left, evidence)
    expect(size(left), `${id} is ${outcome} by ${JSON.stringify(evidence)}`).toBeLessThan(before)
  }
}

const real: [string, Shown][] = [
  ...([boots.builtinPkvm, boots.modulePkvm, boots.builtinNvhe] as const).map((boot): [string, Shown] => {
    const mode = boot === boots.builtinNvhe ? 'nvhe' : 'protected'
    const ffa =
      boot === boots.modulePkvm
        ? { config: { ARM_FFA_TRANSPORT: 'm', OPTEE: 'm' }, modules: ['ffa-core', 'ffa-module', 'optee'] }
        : {}
    return [boot, tracedShown(callsOf(boot), { mode, consoles: consolesOf(boot), records: realRecords(boot), ...ffa })]
  }),
  ['linux-6.18.5-full-nvhe', shownOf({ mode: 'nvhe', records: realRecords('linux-6.18.5-full-nvhe') })],
  [traced.full, tracedShown(callsOf(traced.full))],
  [boots.linux7, shownOf({ consoles: consolesOf(boots.linux7) })],
]

describe('no evidence, no verdict', () => {
  it.each(real)('on the real boot %s each verdict falls with what it rests on', { timeout: 60_000 }, (_boot, shown) => {
    const verdicts = judge(shown, probeGroups).filter(({ outcome }) => outcome === 'pass' || outcome === 'fail')
    expect(verdicts.length).toBeGreaterThan(3)
    for (const { id } of verdicts) expectToFall(shown, id)
  })

  it.each(findingIds())('%s falls with what it rests on, good or bad', (id) => {
    for (const [outcome, shown] of [turns[id]!.before, turns[id]!.after])
      if (outcome === 'pass' || outcome === 'fail') expectToFall(shown, id)
  })
})
