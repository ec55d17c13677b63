import type { Cell } from '../cell.ts'
import type { Checked } from './check.ts'
import { installed, type Plan } from './plan.ts'
import { stackRecipe } from './stack-recipe.ts'
import { entriesAt, textsAt } from '../yaml/value-at.ts'
import type { Path } from '../yaml/yaml-text.ts'

/** Bases that leave out what nobody asks for; what the others turn on is known only once they are configured. */
const emptyBases = ['allnoconfig', 'tinyconfig']

/** What a kernel of the plan asks of a symbol, and where: a path in the plan, or a line of a fragment. */
interface Asked {
  value: string
  at: Path | string
}

/**
 * Each kernel must ask for the symbols that a stack on which it is to run needs, as the stack's recipe says (`needs`): a
 * kernel that cannot boot there is not worth building. A symbol that is only selected by others is to be asked for too.
 * @param plan what the file means, for it must have no other mistakes
 * @param cells of the plan
 */
export function checkStacks(plan: Plan, cells: readonly Cell[], checked: Checked): void {
  const { files, complain } = checked
  const needs = new Map(
    Object.entries(plan.stacks).map(([name, recipe]) => [name, recipe === installed ? [] : needsOf(recipe, files)]),
  )
  const done = new Set<string>()
  for (const { axes } of cells) {
    const { kernel = '', config = '', stack = '' } = axes
    const key = `${kernel}/${config}/${stack}`
    const needed = needs.get(stack) ?? []
    if (done.has(key) || needed.length === 0) continue
    done.add(key)
    const asked = askedOf(plan, kernel, config, checked)
    const empty = emptyBases.includes(plan.kernels[kernel]?.base ?? '')
    const refused = needed.filter(({ symbol, values }) => {
      const value = asked.get(symbol)?.value ?? (empty ? 'n' : undefined)
      return value !== undefined && !values.includes(value)
    })
    const place = placeOf(kernel, refused.length === 1 ? asked.get(refused[0]!.symbol) : undefined)
    if (refused.length > 0) complain(...place, sentence(refused, asked, { kernel, config, stack }), hint(refused))
  }
}

interface Need {
  symbol: string
  values: string[]
}

/** What a recipe needs, or the one that it is like. */
function needsOf(recipe: string, files: Checked['files']): Need[] {
  const yaml = stackRecipe(recipe, files)
  return entriesAt(yaml?.value, ['needs']).map(({ key, path }) => ({
    symbol: key,
    values: textsAt(yaml?.value, path).map(({ text }) => text),
  }))
}

/** Everything that a kernel asks for with a config; what comes later wins. */
function askedOf(plan: Plan, kernel: string, config: string, { files }: Checked): Map<string, Asked> {
  const asked = new Map<string, Asked>()
  const layers = [plan.kernels[kernel], plan.configs[config]]
  for (const fragment of layers.flatMap((layer) => layer?.fragments ?? [])) {
    for (const [index, line] of (files.read(fragment) ?? '').split('\n').entries()) {
      const off = /^\s*# CONFIG_(\w+) is not set/.exec(line)?.[1]
      const [, symbol, value] = /^\s*CONFIG_(\w+)=([^\s#]*)/.exec(line) ?? []
      if (off !== undefined) asked.set(off, { value: 'n', at: `${fragment}:${index + 1}` })
      else if (symbol !== undefined) asked.set(symbol, { value: value ?? '', at: `${fragment}:${index + 1}` })
    }
  }
  for (const [section, name, layer] of [
    ['kernels', kernel, layers[0]],
    ['configs', config, layers[1]],
  ] as const) {
    for (const [symbol, value] of Object.entries(layer?.symbols ?? {}))
      asked.set(symbol, { value, at: [section, name, 'symbols', symbol] })
  }
  return asked
}

/** The symbol's own place when the plan says it; else the kernel, which lacks a fragment. */
function placeOf(kernel: string, asked: Asked | undefined): [Path] {
  return [Array.isArray(asked?.at) ? asked.at : ['kernels', kernel, 'fragments']]
}

function sentence(
  refused: Need[],
  asked: Map<string, Asked>,
  { kernel, config, stack }: { kernel: string; config: string; stack: string },
): string {
  const list = refused.map(({ symbol, values }) => {
    const was = asked.get(symbol)
    const where = typeof was?.at === 'string' ? ` by ${was.at}` : ''
    return `${symbol}=${values.join(' or ')}${was === undefined ? '' : ` (it is ${was.value}${where})`}`
  })
  return `${kernel} with ${config} cannot run on the stack ${stack}, which needs ${list.join(', ')}`
}

function hint(refused: Need[]): string {
  const lines = refused.map(({ symbol, values }) => `CONFIG_${symbol}=${values[0] ?? ''}`)
  return `add ${lines.join(' ')}, e.g. by a fragment out of stacks/kernel, or exclude those cells`
}
