import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parse, stringify } from 'yaml'

/** What a plan for one board of the rack asks for. */
interface BoardPlan {
  board: string
  config: readonly ('ffa=m' | 'ffa=y')[]
  /** Attempts that may be lost to the lab, or tainted, before a cell is given up. */
  again: number
  expect: object[]
}

/**
 * Writes plans/rack.yaml for one board with its own firmware and for the protected mode, with less patience for silence than
 * there: each fault may cost it once.
 * @returns the file
 */
export async function writeBoardPlan(folder: string, { board, config, again, expect }: BoardPlan): Promise<string> {
  const plan = parse(await readFile('plans/rack.yaml', 'utf8')) as object
  const absolute = JSON.parse(JSON.stringify(plan).replaceAll('"../stacks/', `"${resolve('stacks')}/`)) as {
    targets: Record<string, unknown>
  }
  const file = join(folder, `${board}.yaml`)
  const text = {
    ...absolute,
    name: `one-board-${board}`,
    targets: { [board]: absolute.targets[board] },
    stacks: { vendor: 'installed' },
    matrix: { config, mode: 'protected', stack: 'vendor', target: board },
    limits: { silence: '15 s' },
    attempts: { count: 1, infra: again },
    expect,
  }
  await writeFile(file, stringify(text))
  return file
}
