import { describe, expect, it } from 'vitest'
import { inspect } from '../../../domain/inspect/inspect.ts'
import { inspectSchema } from '../../../domain/inspect/report-schema.ts'
import { faultsOf } from '../../../domain/faults/read-faults.ts'
import { judge, probeGroups } from '../../../domain/probes/registry.ts'
import { taintsOf } from '../../../domain/taint/taints-of.ts'
import { boots, consolesOf, noInit, rawConsole, shownOf } from '../probes/showing.ts'
import { readLog } from './read.ts'

const modes = { builtinPkvm: 'protected', builtinNvhe: 'nvhe', modulePkvm: 'protected', linux7: 'protected' } as const
const all = [
  ...Object.entries(boots).map(([key, boot]) => [boot, modes[key as keyof typeof modes]] as const),
  [noInit, 'protected'] as const,
]

/** What a live run had beside its consoles; a log from anywhere comes without it. */
const bare = { config: {}, modules: [], records: [] }

describe.each(all)('%s', (boot, mode) => {
  const logs = (['uart0', 'uart1'] as const).map((console) => readLog(rawConsole(boot, console), console))
  const report = inspect(logs, [], [])
  const shown = shownOf({ mode, consoles: consolesOf(boot), ...bare })
  shown.asked = { cmdline: report.cmdline, config: {}, modules: [] }

  it('is judged from its lines that were kept as from all of its consoles', () => {
    const live = judge(shown, probeGroups)
    expect(report.findings.map(({ id, outcome, sentence, facts }) => ({ id, outcome, sentence, facts }))).toEqual(
      live.map(({ id, outcome, sentence, facts }) => ({ id, outcome, sentence, facts })),
    )
    const places = (list: typeof live): unknown[] =>
      list.map(({ evidence }) => evidence.map((each) => each.kind === 'console' && [each.console, each.from, each.to]))
    expect(
      report.findings.map(({ evidence }) => evidence.map(({ file, lines }) => [file, lines?.from, lines?.to])),
    ).toEqual(places(live))
  })

  it('has the same faults and taints', () => {
    expect(report.faults.map(({ kind, title, lines, text }) => ({ kind, title, ...lines, text }))).toEqual(
      faultsOf(shown.consoles).map(({ kind, title, evidence: { from, to, text } }) => ({
        kind,
        title,
        from,
        to,
        text,
      })),
    )
    const live = taintsOf(shown.consoles).filter(({ kind }) => kind !== 'second-boot')
    const told = report.taints.filter(({ kind }) => kind !== 'second-boot')
    expect(told.map(({ kind, sentence }) => [kind, sentence])).toEqual(
      live.map(({ kind, sentence }) => [kind, sentence]),
    )
  })

  it('has the command line of its mode, and is what the schema says', () => {
    expect(report.cmdline).toContain(`kvm-arm.mode=${mode}`)
    expect(inspectSchema.parse(report)).toEqual(report)
  })
})
