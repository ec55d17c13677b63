import type { SourceLocation } from '../../domain/cell.ts'
import { LabError } from '../../domain/errors.ts'
import { sha256 } from '../../host/sha256.ts'
import type { BuildIdentity } from '../../domain/build.ts'
import { buildIdentity, canonicalJson } from '../identity.ts'
import { asTheyAre } from '../input-files.ts'
import { toolVersion } from '../make/build-environment.ts'
import { debianSeriesIdentity } from '../source/debian-series.ts'
import { sourceIdentity } from '../source/obtain.ts'
import type { NamingContext } from '../source/source.ts'
import type { Component, StackRecipe } from './stack-recipe.ts'
import { filesOf } from './recipe-files.ts'
import { referencesIn } from './references.ts'

/** Counted up when build-firmware.ts comes to do something that changes the bytes of what it builds. */
const method = 3

/**
 * Names the build of a stack by everything that can change its bytes: sources, patches, added files, arguments, the files
 * that the arguments name, and the toolchain's versions. Where the recipe lies, its title and its comments do not matter.
 * @throws LabError SourceMissing, ChecksumMismatch when a source that nobody pinned has to be fetched and cannot be;
 * ToolMissing
 */
export async function identifyFirmware(recipe: StackRecipe, context: NamingContext): Promise<BuildIdentity> {
  const components = await Promise.all(recipe.components.map((component) => inputsOf(component, recipe, context)))
  return buildIdentity('firmware', recipe.name, {
    method,
    components,
    setup: recipe.setup,
    products: recipe.products,
    toolchain: await versionsOf(recipe),
  })
}

/** A component by everything that can change its bytes. */
export interface IdentifiedComponent {
  component: Component
  id: string
}

/**
 * Names each component of a stack, so that stacks which share one build it once: by its own inputs, the toolchain's
 * versions, the address of BL33, and the components before it whose products it takes.
 * @returns the components in the recipe's order
 * @throws as identifyFirmware
 */
export async function identifyComponents(recipe: StackRecipe, context: NamingContext): Promise<IdentifiedComponent[]> {
  const toolchain = await versionsOf(recipe)
  const ids = new Map<string, string>()
  for (const component of recipe.components) {
    const taken = Object.values(component.arguments)
      .flatMap(referencesIn)
      .flatMap(({ reference }) => (reference?.kind === 'product' ? [reference.component] : []))
    const inputs = await inputsOf(component, recipe, context)
    const from = Object.fromEntries(taken.map((name) => [name, ids.get(name) ?? '']))
    ids.set(component.name, sha256(canonicalJson({ method, inputs, toolchain, bl33: recipe.setup.bl33, from })))
  }
  return recipe.components.map((component) => ({ component, id: ids.get(component.name)! }))
}

async function versionsOf({ toolchain }: StackRecipe): Promise<Record<string, string | undefined>> {
  const versions = await Promise.all(toolchain.map(toolVersion))
  return Object.fromEntries(toolchain.map((tool, index) => [tool, versions[index]]))
}

/** @throws LabError BadInput when a component wants Debian's patches without a Debian location; readStack refuses that. */
export function debianLocation(component: Component): Extract<SourceLocation, { kind: 'debian' }> {
  const location = component.sources.find((one) => one.kind === 'debian')
  if (location === undefined)
    throw new LabError('BadInput', `${component.name} has no debian location to take patches from.`)
  return location
}

async function inputsOf(
  component: Component,
  recipe: StackRecipe,
  context: NamingContext,
): Promise<Record<string, unknown>> {
  const hashOf = (file: string) => sha256((context.files ?? asTheyAre).read(file))
  const hashes = filesOf(component, recipe).map(({ name, path }) => [name, hashOf(path)] as const)
  const added = Object.entries(component.files).map(([target, file]) => [target, hashOf(file)] as const)
  return {
    name: component.name,
    version: component.version,
    source: await sourceIdentity(component.sources, component.patches, context),
    ...(component.debianPatches ? { debian: await debianSeriesIdentity(debianLocation(component), context) } : {}),
    ...(added.length === 0 ? {} : { added: Object.fromEntries(added) }),
    // Order does not matter to make, but a recipe that was reordered is a changed recipe.
    arguments: Object.entries(component.arguments),
    targets: component.targets,
    files: Object.fromEntries(hashes),
    products: component.products,
  }
}
