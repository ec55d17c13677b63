/** Kernels that break on purpose: what they say is seen for what it is, and has the same title each time. */
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { consoleLines } from './console-lines.ts'
import { cellOf, endings, findingOf, type RunDocument } from './documents.ts'
import { useLab } from './lab.ts'
import { planLike } from './plans.ts'

const lab = useLab('faults')
const plan = fileURLToPath(new URL('../../plans/faults.yaml', import.meta.url))

// First: a host whose boots were silent for long, as those that stall are, gives the next ones more time.
it('a kernel that stops without a word is hung when the limit on silence has run out, and nothing is claimed', async () => {
  const hang = await planLike(lab, 'hang', (text) => {
    text.configs = { 'ffa=y': { ...text.configs['ffa=y']!, modules: ['fault-maker'] } }
    // Without pKVM the kernel asks OP-TEE to notify it, for which OP-TEE of 4.10 says something each second: that is no progress.
    text.modes = { hang: 'kvm-arm.mode=nvhe fault_maker.kind=hang' }
    text.matrix = {}
    text.expect = []
    text.probes = ['fault']
    text.limits = { silence: '5 s' }
  })
  const { cells, run } = await lab.json<RunDocument>('run', hang)
  const [attempt] = cells[0]!.attempts
  expect(attempt?.end).toMatchObject({ ending: 'hung', host: { stop: 'silence', stage: 'init' } })
  expect(attempt?.end?.sentence).toMatch(
    /^Stage init: nothing was said by the normal world for [\d.]+ s \(limit [\d.]+ s\), while S-EL1 on uart1 went on; NS /,
  )
  expect(findingOf(attempt, 'fault.kernel').outcome).toBe('unknown')
  expect(cells[0]!.verdict?.verdict).toBe('inconclusive')
  expect(run.exitCode).not.toBe(0)
})

describe('plans/faults.yaml', () => {
  let document: RunDocument
  beforeAll(async () => {
    document = await lab.json<RunDocument>('run', plan)
  })

  it('shows in each cell just the fault that was made', () => {
    const wrong = document.cells.filter(({ verdict }) => verdict?.verdict !== 'pass')
    expect(wrong.map(({ id, verdict }) => [id, verdict])).toEqual([])
    expect(document.cells.length).toBeGreaterThan(15)
    expect(document.run).toMatchObject({ state: 'finished', exitCode: 0 })
  })

  it('ends where the kernel panics or loses its init, and goes on after everything else', () => {
    const stopped = document.cells.filter((cell) => endings(cell)[0] !== 'finished')
    expect(stopped.map((cell) => [cell.axes['mode'], ...endings(cell)])).toEqual([
      ['panic', 'kernel-fault'],
      ['no-init', 'kernel-fault'],
      ['panic-on-warn', 'kernel-fault'],
      ['out-of-memory', 'kernel-fault'],
    ])
  })

  it('cites the lines of the report and no others', async () => {
    for (const { axes, attempts } of document.cells) {
      const [report] = findingOf(attempts[0], 'fault.kernel').evidence
      if (report?.kind !== 'console') throw new Error(`${axes['mode']}: the report is no console lines`)
      const lines = (await consoleLines(lab.store, attempts[0]!, report.console)).slice(0, report.to)
      const cited = lines.slice(report.from - 1)
      const quoted = report.text.split('\n').filter((line) => !/^\.\.\. \d+ more lines? \.\.\.$/.test(line))
      expect(quoted.length).toBeGreaterThan(0)
      expect(cited).toEqual(expect.arrayContaining(quoted))
      // It is about what was made, and begins after it was made.
      const made = lines.findIndex((line) => line.endsWith(`hyplab-fault-maker: provoking ${kindOf(axes['mode']!)}`))
      if (axes['mode'] === 'no-init') expect(made).toBe(-1)
      else expect(made).toBeGreaterThan(0)
      expect(made, axes['mode']).toBeLessThan(report.from - 1)
    }
  })

  it('gives each fault the same title on another boot', async () => {
    const modes = ['panic', 'oops', 'warn', 'lock-order']
    const again = await lab.json<RunDocument>('run', plan, ...modes.flatMap((mode) => ['--only', `mode=${mode}`]))
    const facts = (run: RunDocument) =>
      modes.map((mode) => findingOf(cellOf(run, { mode }).attempts[0], 'fault.kernel').facts)
    expect(facts(again)).toEqual(facts(document))
  })
})

/** What a mode of the plan makes. */
function kindOf(mode: string): string {
  return mode === 'panic-on-warn' ? 'warn' : mode
}
