import { dirname, resolve } from 'node:path'
import type { InputFiles } from '../input-files.ts'
import type { Component, StackRecipe } from './stack-recipe.ts'
import { referencesIn } from './references.ts'

/** The files that a component's arguments name: as it is written there, and where it lies. */
export function filesOf(component: Component, recipe: StackRecipe): { name: string; path: string }[] {
  return Object.values(component.arguments)
    .flatMap(referencesIn)
    .flatMap(({ reference }) =>
      reference?.kind === 'file' ? [{ name: reference.path, path: resolve(dirname(recipe.file), reference.path) }] : [],
    )
}

/** Reads all files of a recipe, so that who remembers what was read has them. @throws what `files.read` throws */
export function readRecipeFiles(recipe: StackRecipe, files: InputFiles): void {
  for (const component of recipe.components) {
    const named = filesOf(component, recipe).map(({ path }) => path)
    for (const path of [...component.patches, ...Object.values(component.files), ...named]) files.read(path)
  }
}

/** Where the files that a component's arguments name lie for its build, by how they are named. */
export async function placeFiles(
  component: Component,
  recipe: StackRecipe,
  files: InputFiles,
): Promise<Map<string, string>> {
  const placed = filesOf(component, recipe).map(async ({ name, path }) => [name, await files.at(path)] as const)
  return new Map(await Promise.all(placed))
}
