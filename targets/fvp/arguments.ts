import type { Model } from '../../domain/lab/inventory.ts'
import { loadingCpu, ownParameters, usualParameters } from './base-model.ts'
import type { FvpData, FvpRecipe } from './fvp-order.ts'

/** A model's arguments, and what a person who reads them must be told. */
export interface ModelArguments {
  arguments: string[]
  /** One sentence for each parameter of which several had an opinion. */
  said: string[]
}

/**
 * The arguments of a model: the parameters of stack and place, each as `-C NAME=VALUE`, in the order of their names, so
 * that equal orders are equal command lines; files for memory; `--stat`, so that it tells at its end how fast it was.
 * Where stack and place both set a parameter the place wins, and what we need ourselves goes before both.
 * @param recipe its paths as the model's host sees them
 */
export function modelArguments(recipe: FvpRecipe, model: Pick<Model, 'parameters'>): ModelArguments {
  const said: string[] = []
  const parameters = { ...usualParameters, ...recipe.parameters }
  for (const [name, value] of Object.entries(model.parameters)) {
    const before = recipe.parameters[name]
    if (before !== undefined && before !== value)
      said.push(`The place sets ${name}=${value} in place of the stack's ${name}=${before}.`)
    parameters[name] = value
  }
  for (const [name, value] of Object.entries(ownParameters)) {
    const before = parameters[name]
    if (before !== undefined && before !== value) said.push(`hyplab needs ${name}=${value}: ${before} was left out.`)
    parameters[name] = value
  }
  const sorted = Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return {
    arguments: [
      ...sorted.flatMap(([name, value]) => ['-C', `${name}=${value}`]),
      ...recipe.data.flatMap(data),
      '--stat',
    ],
    said,
  }
}

function data({ file, at }: FvpData): string[] {
  return ['--data', `${loadingCpu}=${file}@0x${at.toString(16)}`]
}
