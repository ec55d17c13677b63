import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rm } from 'node:fs/promises'
import { LabError } from '../../domain/errors.ts'
import { startAttempt } from '../../store/attempts.ts'
import { resolve } from '../../store/resolve.ts'
import { formatResultId, parseResultId, type ResultId } from '../../store/result-id.ts'
import { createRun } from '../../store/runs.ts'
import { openStore, type Store } from '../../store/store.ts'
import { sampleCell, sampleRun, sampleStart, temporaryState } from './samples.ts'

const number = fc.integer({ min: 1, max: 999_999_999 })
const anyId: fc.Arbitrary<ResultId> = fc.oneof(
  fc.record({ kind: fc.constant('run' as const), run: number }),
  fc.record({ kind: fc.constant('cell' as const), run: number, cell: number }),
  fc.record({ kind: fc.constant('attempt' as const), run: number, cell: number, attempt: number }),
)

test('what is formatted is parsed again', () => {
  fc.assert(
    fc.property(anyId, (id) => {
      expect(parseResultId(formatResultId(id))).toEqual(id)
    }),
  )
})

test('what is parsed is formatted as it was typed', () => {
  const typed = fc.stringMatching(/^[0-9.]{1,12}$/)
  fc.assert(
    fc.property(typed, (text) => {
      const id = parseResultId(text)
      if (id !== undefined) expect(formatResultId(id)).toBe(text)
    }),
  )
  for (const text of ['', '0', '01', '1.', '.1', '1.0', '1.2.3.4', '-1', '1e3', ' 1']) {
    expect(parseResultId(text), text).toBeUndefined()
  }
})

describe('with a store', () => {
  let store: Store
  const existing = new Set<string>()

  beforeAll(async () => {
    store = await openStore(await temporaryState())
    await expect(resolve(store, '1')).rejects.toThrow('"1" names nothing: no run has been started here yet.')
    for (const cells of [3, 1, 0]) {
      const run = await createRun(store, sampleRun(cells))
      existing.add(`${run}`)
      for (let cell = 1; cell <= cells; cell++) {
        existing.add(`${run}.${cell}`)
        for (let attempt = 1; attempt < cell; attempt++) {
          await startAttempt(store, sampleStart({ run, cell, number: attempt }))
          existing.add(`${run}.${cell}.${attempt}`)
        }
      }
    }
  })

  afterAll(async () => {
    await store.close()
    await rm(store.folder, { recursive: true })
  })

  test('every id that exists names itself', async () => {
    expect(existing.size).toBe(10)
    for (const text of existing) expect(formatResultId(await resolve(store, text))).toBe(text)
  })

  test('any text names something that exists or is refused in one sentence', async () => {
    const nearby = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 }).map((all) => all.join('.'))
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      nearby,
      nearby.map((text) => `run ${text}`),
    )
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        try {
          expect(existing).toContain(formatResultId(await resolve(store, text)))
          expect(existing).toContain(text.trim())
        } catch (error) {
          if (!(error instanceof LabError)) throw error
          expect(['BadInput', 'NotFound']).toContain(error.code)
          expect(existing).not.toContain(text.trim())
        }
      }),
      { numRuns: 500 },
    )
  })

  test('latest stands for the newest run', async () => {
    expect(await resolve(store, 'latest')).toEqual({ kind: 'run', run: 3 })
    await expect(resolve(store, 'latest.1')).rejects.toThrow('There is no cell 3.1: run 3 has no cells yet.')
  })

  test.each([
    ['7', 'There is no run 7: the newest one is 3.'],
    ['1.9', 'There is no cell 1.9: run 1 has cells 1.1 to 1.3.'],
    ['2.2', 'There is no cell 2.2: run 2 has only cell 2.1.'],
    ['1.1.1', 'There is no attempt 1.1.1: cell 1.1 has no attempts yet.'],
    ['1.3.5', 'There is no attempt 1.3.5: cell 1.3 has attempts 1.3.1 to 1.3.2.'],
    ['1.2.5', 'There is no attempt 1.2.5: cell 1.2 has only attempt 1.2.1.'],
    ['7.1.1', 'There is no run 7: the newest one is 3.'],
  ])('%s: %s', async (text, message) => {
    await expect(resolve(store, text)).rejects.toThrow(new LabError('NotFound', message))
  })

  test.each([
    ['1/3', 'did you mean 1.3?'],
    ['run 2', 'did you mean 2?'],
    ['#1,3,2', 'did you mean 1.3.2?'],
    ['first-look', 'did you mean 3, the newest run of that plan?'],
    [sampleCell('mode1').id, 'did you mean 2.1, the newest cell of that name?'],
    ['1/9', '`hyplab list` shows what there is.'],
    ['frist', '`hyplab list` shows what there is.'],
  ])('%s: %s', async (text, hint) => {
    await expect(resolve(store, text)).rejects.toThrow(
      `"${text}" is not a run (12), a cell (12.3) or an attempt (12.3.1): ${hint}`,
    )
  })
})
