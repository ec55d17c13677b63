import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { replaceFile } from '../host/whole-file.ts'
import type { BuildRef, CellOutline, RunOutline } from '../workflows/contracts.ts'

/** All that a run has to do; its stories are told of it part by part, for no history holds the outline of 20,000 cells. */
export interface WholeOutline {
  plan: string
  /** In the order in which they are to begin. */
  builds: BuildRef[]
  cells: CellOutline[]
  night?: NonNullable<RunOutline['night']>
}

/** Cells of a part: a story of 500 has some 4,000 events, and the server warns from 10,240 on. */
export const mostCells = 500
/** Distinct builds that the cells of a part name: each is another step of the story. */
export const mostBuilds = 300

/** The part of an outline that comes behind `done` cells, and how many cells come behind that. */
export function partOf(outline: WholeOutline, done: number): WholeOutline & { more: number } {
  const rest = outline.cells.slice(done, done + mostCells)
  const named = new Set<string>()
  const within = rest.findIndex((cell) => {
    for (const id of cell.builds) named.add(id)
    return named.size > mostBuilds
  })
  // One cell at least: a part of none would never come to an end.
  const cells = within === -1 ? rest : rest.slice(0, Math.max(1, within))
  const needed = new Set(cells.flatMap(({ builds }) => builds))
  const more = Math.max(0, outline.cells.length - done - cells.length)
  return { ...outline, cells, builds: outline.builds.filter(({ id }) => needed.has(id)), more }
}

/** Keeps an outline for the stories that go on with its run; done again it comes to the same. */
export async function keepOutline(stateFolder: string, run: number, outline: WholeOutline): Promise<void> {
  const file = fileOf(stateFolder, run)
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await replaceFile(file, JSON.stringify(outline))
}

/** An outline that was kept; undefined where none is, or somebody deleted it: it is worked out again then. */
export async function readOutline(stateFolder: string, run: number): Promise<WholeOutline | undefined> {
  const text = await readFile(fileOf(stateFolder, run), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as WholeOutline)
}

/** A run that has ended needs no outline any longer. */
export async function dropOutline(stateFolder: string, run: number): Promise<void> {
  await rm(fileOf(stateFolder, run), { force: true })
}

function fileOf(stateFolder: string, run: number): string {
  return join(stateFolder, 'outlines', `${run}.json`)
}
