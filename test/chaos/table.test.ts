/** The table at the end, and what a command may exit with. */
import { describe, expect, it } from 'vitest'
import type { Fault } from './check-run.ts'
import { codesOf } from './command-code.ts'
import type { Disturbance, Kind, Victim } from './disturbance.ts'
import { table } from './table.ts'

const run = (disturbances: [Kind, Victim][], infra: number, faults: Fault['kind'][] = []) => ({
  disturbances: disturbances.map(([kind, victim]) => ({ kind, victim })),
  faults: faults.map((kind) => ({ kind, what: 'what' })),
  lost: { infra, tainted: 0 },
})

describe('the table', () => {
  const runs = [
    run([['kill', 'worker']], 1),
    run(
      [
        ['kill', 'worker'],
        ['stop', 'worker'],
      ],
      2,
      ['failed run', 'open row', 'open row'],
    ),
    // What was to be done to it came too late.
    run([], 0),
  ]
  const rows = table(runs)
    .split('\n')
    .map((line) =>
      line
        .slice(2, -2)
        .split(' | ')
        .map((cell) => cell.trim()),
    )

  it('counts a run in the row of each of its victims, and once in all', () => {
    expect(rows[0]!.slice(0, 6)).toEqual(['victim', 'kind', 'count', 'runs', 'lost as infra', 'tainted'])
    const row = (...names: string[]) => rows.find((cells) => names.every((name, n) => cells[n] === name))
    expect(row('worker', 'kill')).toEqual(['worker', 'kill', '2', '2', '3', '0', '0', '1', '0', '2', '0'])
    expect(row('worker', 'stop')).toEqual(['worker', 'stop', '1', '1', '2', '0', '0', '1', '0', '2', '0'])
    expect(row('qemu', 'kill')).toEqual(['qemu', 'kill', '0', '0', '0', '0', '0', '0', '0', '0', '0'])
    expect(row('all')).toEqual(['all', '', '3', '2', '3', '0', '0', '1', '0', '2', '0'])
  })

  it('is aligned', () => {
    expect(
      new Set(
        table(runs)
          .split('\n')
          .map((line) => line.length),
      ).size,
    ).toBe(1)
  })
})

describe('a command exits', () => {
  const one = (kind: Kind, victim: Victim): Disturbance => ({
    kind,
    victim,
    moment: { from: 'run', share: 0 },
    seconds: 0,
    pick: 0,
    upAfter: 0,
  })

  it('as its run does, whatever else dies', () => {
    expect(codesOf('followed', [one('kill', 'worker'), one('kill', 'server')], 0)).toEqual([0])
    expect(codesOf('owned', [one('stop', 'worker')], 1)).toEqual([1])
    expect(codesOf('detached', [one('kill', 'qemu')], 1)).toEqual([0])
  })

  it('with 5 too when its service was killed', () => {
    expect(codesOf('followed', [one('kill', 'service')], 0)).toEqual([0, 5])
    expect(codesOf('detached', [one('kill', 'service')], undefined)).toEqual([0, 5, 2])
  })

  it('with 5 when there is no run', () => {
    expect(codesOf('followed', [one('kill', 'server')], undefined)).toEqual([5])
  })

  it('as it likes when it was killed itself', () => {
    expect(codesOf('owned', [one('kill', 'cli')], 0)).toBeUndefined()
  })
})
