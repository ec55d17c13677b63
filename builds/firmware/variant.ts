import { basename, dirname, resolve } from 'node:path'
import { suggest } from '../../domain/yaml/did-you-mean.ts'
import type { LocatedError } from '../../domain/yaml/located-error.ts'
import { valueAt } from '../../domain/yaml/value-at.ts'
import type { LocatedYaml, Path } from '../../domain/yaml/yaml-text.ts'
import type { InputFiles } from '../input-files.ts'
import { variantFile } from './recipe-schema.ts'
import type { Component, StackRecipe } from './stack-recipe.ts'
import { referencesIn } from './references.ts'

// A recipe that says only in what it differs from another: the same stack with another argument or one more patch.

/** @returns the recipe that a file is like, as it is written there; undefined for a recipe of its own */
export function likeOf(yaml: LocatedYaml): string | undefined {
  return valueAt(yaml.value, ['like']) === undefined ? undefined : (yaml.source(['like']) ?? '')
}

/**
 * @param base the recipe that the file is like
 * @param file the variant's own, absolute
 * @param errors what is wrong with the variant is added here
 * @returns the recipe that the variant means. References to files in its arguments are relative to the base's folder, as
 * those of the base are; its patches are relative to its own and come after the base's.
 */
export function variantOf(
  base: StackRecipe,
  yaml: LocatedYaml,
  file: string,
  errors: LocatedError[],
  files: InputFiles,
): StackRecipe {
  const given = variantFile.parse(yaml.value)
  const complain = (path: Path, message: string, hint: string) =>
    errors.push({ file, ...yaml.where(path, 'key'), message, hint })
  const names = base.components.map(({ name }) => name)
  for (const [name, { patches, arguments: changed }] of Object.entries(given.components)) {
    const at: Path = ['components', name]
    if (!names.includes(name)) complain(at, `${base.name} has no component "${name}"`, suggest(name, names))
    for (const [index, patch] of patches.entries()) {
      if (!files.has(resolve(dirname(file), patch)))
        complain([...at, 'patches', index], `there is no patch ${patch}`, `it would be in ${dirname(file)}`)
    }
    for (const [key, value] of Object.entries(changed)) {
      const wrong = referencesIn(String(value)).find(({ reference }) => !isFound(reference, base, files))
      if (wrong !== undefined)
        complain([...at, 'arguments', key], `${wrong.text} means nothing in ${base.name}`, 'name a product that it has')
    }
  }
  const components = base.components.map((component): Component => {
    const { patches = [], arguments: changed = {} } = given.components[component.name] ?? {}
    const keys = Object.keys(changed)
    return {
      ...component,
      patches: [...component.patches, ...patches.map((patch) => resolve(dirname(file), patch))],
      arguments: {
        ...component.arguments,
        ...Object.fromEntries(
          keys.map((key) => [key, yaml.source(['components', component.name, 'arguments', key]) ?? '']),
        ),
      },
    }
  })
  return { ...base, name: basename(file).replace(/\.ya?ml$/, ''), title: given.title, components }
}

function isFound(
  reference: ReturnType<typeof referencesIn>[number]['reference'],
  base: StackRecipe,
  files: InputFiles,
): boolean {
  if (reference?.kind === 'file') return files.has(resolve(dirname(base.file), reference.path))
  if (reference?.kind !== 'product') return reference !== undefined
  const component = base.components.find(({ name }) => name === reference.component)
  return component?.products[reference.product] !== undefined
}
