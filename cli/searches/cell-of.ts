import { LabError } from '../../domain/errors.ts'
import { resolve } from '../../store/resolve.ts'
import type { Store } from '../../store/store.ts'

/**
 * The cell that a search begins from.
 * @param command that asks, for the sentence
 * @throws LabError BadInput for a run or an attempt, NotFound when there is none
 */
export async function cellOf(store: Store, text: string, command: string): Promise<{ run: number; cell: number }> {
  const id = await resolve(store, text)
  if (id.kind === 'cell') return id
  throw new LabError(
    'BadInput',
    `"${text}" is no cell: ${command} takes one, e.g. ${id.run}.1; \`hyplab show ${id.run}\` lists them.`,
  )
}
