import { nearest } from '../../domain/yaml/did-you-mean.ts'
import type { NotTaken } from './config-text.ts'
import {
  missingSymbols,
  parseExpression,
  showExpression,
  tristate,
  unmet,
  type Expression,
  type Tristate,
} from './depends.ts'
import type { Definition, Why } from './why.ts'

/** A symbol that Kconfig refused, and why in one sentence. */
export interface Refusal extends NotTaken {
  /** What Kconfig says stands between the symbol and the value that was wanted. */
  why: string
}

/** Where reasons come from: `why` of any symbol, and all names for a misspelt one. */
export interface Reasons {
  why: ReadonlyMap<string, Why>
  names: readonly string[]
}

/** A refusal as one sentence. */
export function showRefusal({ symbol, wanted, got, why }: Refusal): string {
  return `CONFIG_${symbol}=${wanted} did not take, it is ${got}: ${why}`
}

/** Says why a symbol has not the value that was asked for. */
export function explain(one: NotTaken, { why, names }: Reasons): string {
  const found = why.get(one.symbol)
  if (found === undefined || !found.known) {
    const near = nearest(one.symbol, names)
    return `this kernel has no such symbol${near === undefined ? '' : `; did you mean ${near}?`}`
  }
  return (
    wrongType(one, found) ??
    forced(one, found) ??
    choice(one, found) ??
    unreachable(one, found, why) ??
    `Kconfig gives no reason; it is defined at ${found.definitions.map(({ at }) => at).join(', ')}`
  )
}

function wrongType({ wanted }: NotTaken, found: Why): string | undefined {
  const state = /^[ymn]$/.test(wanted)
  if (found.type === 'bool' && wanted === 'm') return 'it is a bool, which is y or n and cannot be a module'
  if (['bool', 'tristate'].includes(found.type) && !state) return `it is a ${found.type}, which takes y, m or n`
  if (found.type === 'integer' && !/^-?\d+$/.test(wanted)) return 'it is a number'
  if (found.type === 'hex' && !/^0[xX][0-9a-fA-F]+$/.test(wanted)) return 'it is a hexadecimal number, written 0x...'
  if (found.type === 'string' && !wanted.startsWith('"')) return 'it is a string, written in double quotes'
  return undefined
}

/** A select wins over whatever a user says: nothing can be below what selects it. */
function forced({ wanted, got }: NotTaken, found: Why): string | undefined {
  if (tristate(wanted) >= tristate(got) || !['y', 'm'].includes(got)) return undefined
  const by = [...found.selectedBy.y, ...(got === 'm' ? found.selectedBy.m : [])]
  if (by.length > 0) return `it is selected by ${by.join('; ')}`
  if (isSettable(found)) return undefined
  return `it cannot be set, having no prompt, and is ${got} by its default`
}

function choice({ symbol, wanted, got }: NotTaken, found: Why): string | undefined {
  const winner = found.choice.find((member) => member.endsWith('=y') && member !== `${symbol}=y`)
  const others = found.choice.map((member) => member.replace(/=.*/, '')).filter((name) => name !== symbol)
  if (wanted === 'y' && winner !== undefined) {
    return `it is in a choice of which only one can be y, and ${winner} was asked for or is the default`
  }
  if (tristate(wanted) < tristate(got) && others.length > 0) {
    return `it is in a choice of which one must be y: set one of ${others.join(', ')} instead`
  }
  return undefined
}

function unreachable(one: NotTaken, found: Why, all: ReadonlyMap<string, Why>): string | undefined {
  if (!isSettable(found)) return `it ${notSettable(found)}`
  if (one.wanted === 'm' && one.got === 'y' && found.type === 'tristate') return 'modules are off: set MODULES=y too'
  const lacks = lacking(found, levelFor(one.wanted, found))
  if (lacks.length > 0)
    return `it depends on ${lacks.map(showExpression).join(' && ')}${further(lacks, all, [one.symbol])}`
  if (found.range !== undefined) return `its range is ${found.range}`
  const says = found.definitions.map(limit).filter((text) => text !== undefined)
  return says.length === 0 ? undefined : `it depends on ${says.join(', or on ')}`
}

/** For anything but a tristate that is wanted as a module, dependencies of m are met as those of y are (sym_calc_visibility). */
function levelFor(wanted: string, found: Why): Tristate {
  return found.type === 'tristate' && wanted === 'y' ? 2 : 1
}

function isSettable(found: Why): boolean {
  return found.definitions.some(({ prompt }) => prompt)
}

function notSettable(found: Why): string {
  const by = Object.values(found.selectedBy).flat()
  if (by.length === 0) return 'cannot be set, having no prompt, and nothing selects it'
  const shown = by.slice(0, 4).join('; ')
  return `cannot be set, having no prompt; it is only selected, by ${shown}${by.length > 4 ? ` and ${by.length - 4} more` : ''}`
}

function limit({ visibleIf, dependsOn }: Definition): string | undefined {
  return visibleIf ?? dependsOn
}

/** What is unmet of the definition that lacks least: one prompt that can be seen is enough. */
function lacking(found: Why, wanted: Tristate): Expression[] {
  const perDefinition = found.definitions
    .filter(({ prompt }) => prompt || !isSettable(found))
    .map((definition) => {
      const expression = parseExpression(limit(definition) ?? 'y')
      return expression === undefined ? [] : unmet(expression, wanted)
    })
  return perDefinition.sort((a, b) => a.length - b.length)[0] ?? []
}

/** How deep the chain of dependencies is told. */
export const depth = 4

/** Symbols that `explain` will want to know of too, to say what the unmet dependencies themselves depend on. */
export function alsoAsk(one: NotTaken, found: Why | undefined): string[] {
  if (found === undefined) return []
  return lacking(found, levelFor(one.wanted, found)).flatMap((expression) => missingSymbols(expression, 1))
}

/** What the unmet dependencies lack themselves, to the depth that has been asked for. */
function further(lacks: Expression[], all: ReadonlyMap<string, Why>, told: string[]): string {
  const names = lacks.flatMap((expression) => missingSymbols(expression, 1)).filter((name) => !told.includes(name))
  told.push(...names)
  return [...new Set(names)]
    .map((name) => {
      const found = all.get(name)
      if (found === undefined || !found.known) return ''
      const deeper = lacking(found, 1)
      if (deeper.length > 0)
        return `; ${name} on ${deeper.map(showExpression).join(' && ')}${further(deeper, all, told)}`
      return isSettable(found) ? `; ${name} can be set` : `; ${name} ${notSettable(found)}`
    })
    .join('')
}
