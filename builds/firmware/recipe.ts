import { basename, dirname, resolve } from 'node:path'
import type { SourceLocation } from '../../domain/cell.ts'
import { LabError } from '../../domain/errors.ts'
import { usualTpm } from '../../domain/machine-setup.ts'
import { inReadingOrder, type LocatedError } from '../../domain/yaml/located-error.ts'
import { mistaken } from '../../domain/yaml/mistaken.ts'
import { shapeErrors } from '../../domain/yaml/shape-errors.ts'
import { readYaml, type LocatedYaml, type Path } from '../../domain/yaml/yaml-text.ts'
import { asTheyAre, type InputFiles } from '../input-files.ts'
import { fvpSetup } from './fvp-part.ts'
import { recipeFile, recipeShape, variantShape, type RecipeFileLocation } from './recipe-schema.ts'
import { recipeFileMistakes } from './recipe-mistakes.ts'
import type { StackRecipe } from './stack-recipe.ts'
import { likeOf, variantOf } from './variant.ts'

/**
 * Reads a stack's recipe.
 * @param sources of components, by name, in place of those that the recipe has: what moves in these, resolved
 * @param files where it is read from, and must have what it names; as they are now where absent
 * @throws LabError BadInput with every mistake as `file:line:column: what is wrong; what would be right`, one a line;
 * also when there is no such file
 */
export async function readStack(
  path: string,
  sources: Record<string, SourceLocation[]> = {},
  files: InputFiles = asTheyAre,
): Promise<StackRecipe> {
  const recipe = readRecipe(path, files)
  const components = recipe.components.map((component) => ({
    ...component,
    sources: sources[component.name] ?? component.sources,
  }))
  return { ...recipe, components }
}

/**
 * Everything that is wrong with a recipe, in reading order.
 * @param path of a file that is there
 */
export function recipeMistakes(path: string): LocatedError[] {
  try {
    readRecipe(path, asTheyAre)
    return []
  } catch (error) {
    if (error instanceof LabError && error.mistakes.length > 0) return [...error.mistakes]
    if (!(error instanceof LabError)) throw error
    return [{ file: resolve(path), line: 1, column: 1, message: error.message.replace(/\.$/, ''), hint: '' }]
  }
}

function readRecipe(path: string, files: InputFiles): StackRecipe {
  const file = resolve(path)
  const text = readText(file, files)
  const { yaml } = readYaml(text, file, 'recipe')
  if (yaml === undefined || likeOf(yaml) === undefined) return parseStack(text, file, files)
  const errors = shapeErrors(variantShape, yaml, file)
  if (errors.length > 0) throw invalid(errors, file)
  const base = baseOf(yaml, file, files)
  const recipe = variantOf(base, yaml, file, errors, files)
  if (errors.length > 0) throw invalid(errors, file)
  return recipe
}

/** The recipe that a variant is like. */
function baseOf(yaml: LocatedYaml, file: string, files: InputFiles): StackRecipe {
  const like = likeOf(yaml) ?? ''
  const other = resolve(dirname(file), like)
  const wrong = (message: string, hint: string): LabError =>
    invalid([{ file, ...yaml.where(['like']), message, hint }], file)
  if (!files.has(other)) throw wrong(`there is no stack recipe "${like}"`, `looked for ${other}`)
  const why = files.whyUnreadable(other)
  if (why !== undefined) throw wrong(`the stack recipe "${like}" ${why}`, 'name a stack recipe that is a file')
  const text = readText(other, files)
  const parsed = readYaml(text, other, 'recipe').yaml
  if (parsed !== undefined && likeOf(parsed) !== undefined)
    throw wrong(`"${like}" is itself like another recipe`, 'name one that stands alone')
  return parseStack(text, other, files)
}

function readText(file: string, files: InputFiles): string {
  const why = files.whyUnreadable(file)
  if (why !== undefined) throw new LabError('BadInput', `${file} ${why}: name a stack recipe that is there.`)
  return Buffer.from(files.read(file)).toString('utf8')
}

/** As `readStack`, for a text that was read from `file`. */
export function parseStack(text: string, file: string, files: InputFiles = asTheyAre): StackRecipe {
  const { yaml, errors } = readYaml(text, file, 'recipe')
  if (yaml === undefined) throw invalid(errors, file)
  if (yaml.value === null || yaml.value === undefined) {
    const hint = 'it needs at least title, consoles, bl33, toolchain, components and products, see docs/stacks.md'
    throw invalid([{ file, line: 1, column: 1, message: 'the recipe is empty', hint }], file)
  }
  errors.push(...shapeErrors(recipeShape, yaml, file))
  if (errors.length > 0) throw invalid(errors, file)
  const given = recipeFile.parse(yaml.value)
  errors.push(...recipeFileMistakes(given, yaml, file, files))
  if (errors.length > 0) throw invalid(errors, file)
  return {
    name: basename(file).replace(/\.ya?ml$/, ''),
    file,
    title: given.title,
    setup: {
      consoles: given.consoles,
      boot: given.boot,
      bl33: given.bl33,
      services: given.services,
      ...(given.services.includes('tpm') ? { tpm: given.tpm ?? usualTpm } : {}),
      ...(given.fvp ? { fvp: fvpSetup(given.fvp, yaml) } : {}),
    },
    needs: Object.fromEntries(
      Object.entries(given.needs).map(([symbol, values]) => [symbol, [values].flat().map(String)]),
    ),
    toolchain: given.toolchain,
    pythonModules: given['python-modules'],
    components: Object.entries(given.components).map(([name, component]) => ({
      name,
      version: written(yaml, ['components', name, 'version']),
      sources: [component.source].flat().map((location) => sourceLocation(location, dirname(file))),
      debianPatches: component['debian-patches'],
      patches: component.patches.map((patch) => resolve(dirname(file), patch)),
      files: Object.fromEntries(
        Object.entries(component.files).map(([target, from]) => [target, resolve(dirname(file), from)]),
      ),
      arguments: Object.fromEntries(
        Object.keys(component.arguments).map((key) => [key, written(yaml, ['components', name, 'arguments', key])]),
      ),
      targets: component.targets,
      products: component.products,
    })),
    products: given.products,
  }
}

/** A scalar as it stands in the file: 0x60000000 and 2.10 are not to become 1610612736 and 2.1. */
function written(yaml: LocatedYaml, path: Path): string {
  return yaml.source(path) ?? ''
}

/** @throws LabError BadInput, when it does not say what kind of place it is; `mistakes` has found that before. */
function sourceLocation(given: RecipeFileLocation, folder: string): SourceLocation {
  const { debian, deb, version, tarball, tree, git, ref, newest: pattern } = given
  if (pattern !== undefined) {
    if (deb !== undefined) return { kind: 'newest', of: 'deb', name: deb, pattern }
    if (debian !== undefined) return { kind: 'newest', of: 'debian', name: debian, pattern }
    if (git !== undefined) return { kind: 'newest', of: 'git', name: repositoryOf(git, folder), pattern }
  }
  if (debian !== undefined && version !== undefined) {
    return { kind: 'debian', package: debian, version, ...hash(given.sha256) }
  }
  if (deb !== undefined && version !== undefined) return { kind: 'deb', package: deb, version, ...hash(given.sha256) }
  if (tarball !== undefined) return { kind: 'tarball', url: tarball, ...hash(given.sha256) }
  if (tree !== undefined) return { kind: 'tree', path: resolve(folder, tree) }
  if (git !== undefined && ref !== undefined) return { kind: 'git', url: repositoryOf(git, folder), ref }
  throw new LabError('BadInput', 'A source location needs debian or deb and version, tarball, tree, or git and ref.')
}

/** An address (https://..., user@host:...) stays; anything else is a path beside the recipe. */
function repositoryOf(git: string, folder: string): string {
  return /^[a-z+]+:\/\/|^[^/]+@?[^/]*:/.test(git) ? git : resolve(folder, git)
}

function hash(sha256: string | undefined): { sha256?: string } {
  return sha256 === undefined ? {} : { sha256 }
}

function invalid(errors: LocatedError[], file: string): LabError {
  return mistaken('BadInput', inReadingOrder(errors, file))
}
