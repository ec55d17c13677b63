import { bootWays, stackServices, type MachineSetup } from '../machine-setup.ts'
import type { PlanFiles } from './check.ts'
import { textsAt, valueAt } from '../yaml/value-at.ts'
import { readYaml, type LocatedYaml } from '../yaml/yaml-text.ts'

/** A stack's recipe, or the one that it is like. One that is no YAML is for `readStack` to refuse. */
export function stackRecipe(recipe: string, files: PlanFiles): LocatedYaml | undefined {
  const own = readYaml(files.read(recipe) ?? '', recipe, 'recipe').yaml
  const like = own?.source(['like'])
  return like === undefined ? own : readYaml(files.read(files.resolve(recipe, like)) ?? '', like, 'recipe').yaml
}

/** Whether a recipe is one for an FVP: no other machine can boot it. */
export function isForFvp(recipe: LocatedYaml | undefined): boolean {
  return valueAt(recipe?.value, ['fvp']) !== undefined
}

/** How a recipe wants its machine set up, as far as it says so in a way that `readStack` takes. */
export function setupOf(recipe: LocatedYaml | undefined): Pick<MachineSetup, 'boot' | 'bl33' | 'services'> {
  const bl33 = valueAt(recipe?.value, ['bl33'])
  const services = textsAt(recipe?.value, ['services']).map(({ text }) => text)
  return {
    boot: bootWays.find((way) => way === valueAt(recipe?.value, ['boot'])) ?? 'kernel',
    bl33: typeof bl33 === 'number' ? bl33 : 0,
    services: stackServices.filter((service) => services.includes(service)),
  }
}
