/** The parts in which a long run is told. */
import { expect, it } from 'vitest'
import {
  dropOutline,
  keepOutline,
  mostBuilds,
  mostCells,
  partOf,
  readOutline,
  type WholeOutline,
} from '../../activities/kept-outline.ts'
import { tempFolder } from '../host/temp-folder.ts'

/** So many cells, each with a build of its own and one that all share. */
function outlineOf(cells: number, own: (number: number) => string): WholeOutline {
  const numbers = Array.from({ length: cells }, (_, index) => index + 1)
  const ids = [...new Set(['shared', ...numbers.map(own)])]
  return {
    plan: 'p',
    builds: ids.map((id) => ({ id, name: id, kind: 'kernel', run: 1, lab: 'lab' })),
    cells: numbers.map((number) => ({ number, builds: ['shared', own(number)], count: 1, infra: 3 })),
  }
}

function partsOf(outline: WholeOutline): ReturnType<typeof partOf>[] {
  const parts = []
  for (let done = 0; ;) {
    const part = partOf(outline, done)
    parts.push(part)
    done += part.cells.length
    if (part.more === 0) return parts
  }
}

it('are as large as a story may tell, and are all of it in its order', () => {
  const parts = partsOf(outlineOf(2 * mostCells + 1, (number) => `k${number % 10}`))
  expect(parts.map(({ cells, more }) => [cells.length, more])).toEqual([
    [mostCells, mostCells + 1],
    [mostCells, 1],
    [1, 0],
  ])
  expect(parts.flatMap(({ cells }) => cells.map(({ number }) => number))).toEqual(
    Array.from({ length: 2 * mostCells + 1 }, (_, index) => index + 1),
  )
  expect(parts[2]!.builds.map(({ id }) => id)).toEqual(['shared', 'k1'])
})

it('are smaller where each cell has a build of its own', () => {
  const parts = partsOf(outlineOf(mostCells, (number) => `k${number}`))
  for (const { builds, cells } of parts) {
    expect(builds.length).toBeLessThanOrEqual(mostBuilds)
    expect(cells.length).toBeGreaterThan(0)
  }
  expect(parts.flatMap(({ cells }) => cells)).toHaveLength(mostCells)
})

it('is one, of no cell, for a run that has none', () => {
  expect(partOf(outlineOf(0, String), 0)).toMatchObject({ cells: [], builds: [], more: 0 })
})

it('come out of a file that is there until the run ends', async () => {
  const folder = await tempFolder()
  const outline = outlineOf(3, String)
  expect(await readOutline(folder, 1)).toBeUndefined()
  await keepOutline(folder, 1, outline)
  await keepOutline(folder, 1, outline)
  expect(await readOutline(folder, 1)).toEqual(outline)
  await dropOutline(folder, 1)
  await dropOutline(folder, 1)
  expect(await readOutline(folder, 1)).toBeUndefined()
})
