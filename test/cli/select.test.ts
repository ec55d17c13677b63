import { describe, expect, it } from 'vitest'
import { select } from '../../cli/commands/run.ts'
import { readPlanFile } from '../../reading/read-plan.ts'

const plan = await readPlanFile('plans/first-look.yaml')
const ids = (only: string[]) => select(plan, only).cells.map(({ axes }) => `${axes['config']} ${axes['mode']}`)

describe('--only', () => {
  it('keeps every cell when nothing is named', () => {
    expect(ids([])).toEqual(['ffa=y protected', 'ffa=y nvhe', 'ffa=m protected'])
  })

  it('splits at the first sign only: values have some too', () => {
    expect(ids(['config=ffa=m'])).toEqual(['ffa=m protected'])
  })

  it('takes what fits one of the values of an axis, and every axis', () => {
    expect(ids(['mode=nvhe', 'mode=protected', 'config=ffa=y'])).toEqual(['ffa=y protected', 'ffa=y nvhe'])
  })

  it('knows values that only `include` brings', async () => {
    const faults = await readPlanFile('plans/faults.yaml')
    expect(select(faults, ['mode=lock-order']).cells.map(({ axes }) => axes['config'])).toEqual(['checked'])
  })

  it.each([
    [['mode=vhe'], 'BadInput', /"vhe" is no mode of this plan; there is protected, nvhe/],
    [['modes=nvhe'], 'BadInput', /no axis "modes"; axes are .*mode/],
    [['mode'], 'BadInput', /"" is no mode/],
    [['config=ffa=m', 'mode=nvhe'], 'NotFound', /No cell of the plan has config=ffa=m and mode=nvhe/],
  ])('%s is refused', (only, code, message) => {
    expect(() => select(plan, only)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }))
  })
})
