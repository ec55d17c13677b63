import { basename, dirname, resolve } from 'node:path'
import type { SourceLocation } from '../../domain/cell.ts'
import { LabError } from '../../domain/errors.ts'
import { usualTpm, type MachineSetup } from '../../domain/machine-setup.ts'
import { suggest } from '../../domain/yaml/did-you-mean.ts'
import { inReadingOrder, type LocatedError } from '../../domain/yaml/located-error.ts'
import { mistaken } from '../../domain/yaml/mistaken.ts'
import { readYaml, type LocatedYaml, type Path } from '../../domain/yaml/yaml-text.ts'
import { fvpMistakes, fvpSetup } from './fvp-part.ts'
import { recipeFile, variantFile, type RecipeFile, type RecipeFileLocation } from './recipe-schema.ts'
import { asTheyAre, type InputFiles } from '../input-files.ts'
import { referencesIn } from './references.ts'
import { shapeErrors } from './shape-errors.ts'
import { likeOf, variantOf } from './variant.ts'

/** How to build one piece of firmware with make. */
export interface Component {
  name: string
  version: string
  /** Tried in order. */
  sources: SourceLocation[]
  /** Whether the patches of the Debian source package are applied, before `patches`. */
  debianPatches: boolean
  /** Absolute paths. */
  patches: string[]
  /** Files that are added to the source tree after the patches: the path in the tree to the absolute path of the file. */
  files: Record<string, string>
  /** make's variables in order; values may hold `${...}`, see references.ts. */
  arguments: Record<string, string>
  targets: string[]
  /** Product name to its path below the output folder. */
  products: Record<string, string>
}

/** A stack as its recipe file describes it. */
export interface StackRecipe {
  /** The file's name without its ending. */
  name: string
  /** Absolute; that of the other recipe when this one is only `like` it. */
  file: string
  title: string
  /** How the machine is to be set up for it. */
  setup: MachineSetup
  /** Kconfig symbols that a kernel on it needs, each with the values that will do. */
  needs: Record<string, string[]>
  /** Tools whose version can change the bytes. */
  toolchain: string[]
  pythonModules: string[]
  /** In the order in which they are built. */
  components: Component[]
  /** Product name to `${component:product}`. */
  products: Record<string, string>
}

/**
 * Reads a stack's recipe.
 * @param sources of components, by name, in place of those that the recipe has: what moves in these, resolved
 * @param files where it is read from, and must have what it names; as they are now where absent
 * @throws LabError BadInput with every mistake as `file:line:column: what is wrong; what would be right`, one a line;
 * SourceMissing when there is no such file
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

function readRecipe(path: string, files: InputFiles): StackRecipe {
  const file = resolve(path)
  const text = readText(file, files)
  const { yaml } = readYaml(text, file, 'recipe')
  const like = yaml && likeOf(yaml)
  if (yaml === undefined || like === undefined) return parseStack(text, file, files)
  const errors = shapeErrors(variantFile, yaml, file)
  if (errors.length > 0) throw invalid(errors, file)
  const other = resolve(dirname(file), like)
  // Itself like a third it is no recipe of its own, and parseStack says so.
  const base = parseStack(readText(other, files), other, files)
  const recipe = variantOf(base, yaml, file, errors, files)
  if (errors.length > 0) throw invalid(errors, file)
  return recipe
}

function readText(file: string, files: InputFiles): string {
  try {
    return Buffer.from(files.read(file)).toString('utf8')
  } catch (cause) {
    if (cause instanceof LabError) throw cause
    throw new LabError('SourceMissing', `There is no stack recipe ${file}.`, { cause })
  }
}

/** As `readStack`, for a text that was read from `file`. */
export function parseStack(text: string, file: string, files: InputFiles = asTheyAre): StackRecipe {
  const { yaml, errors } = readYaml(text, file, 'recipe')
  if (yaml === undefined) throw invalid(errors, file)
  errors.push(...shapeErrors(recipeFile, yaml, file))
  if (errors.length > 0) throw invalid(errors, file)
  const given = recipeFile.parse(yaml.value)
  errors.push(...mistakes(given, yaml, file, files))
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

function mistakes(given: RecipeFile, yaml: LocatedYaml, file: string, files: InputFiles): LocatedError[] {
  const errors: LocatedError[] = []
  const complain = (path: Path, message: string, hint: string) =>
    errors.push({ file, ...yaml.where(path), message, hint })
  const earlier = new Map<string, string[]>()
  const checkReferences = (path: Path, value: string) => {
    for (const { text, reference } of referencesIn(value)) {
      if (reference === undefined) {
        complain(path, `${text} means nothing`, 'it would be ${out}, ${bl33}, ${file:NAME} or ${COMPONENT:PRODUCT}')
      } else if (reference.kind === 'file' && !files.has(resolve(dirname(file), reference.path))) {
        complain(path, `there is no file ${reference.path}`, `it would be in ${dirname(file)}`)
      } else if (reference.kind === 'product') {
        const products = earlier.get(reference.component)
        if (products === undefined) {
          complain(
            path,
            `no component "${reference.component}" is built before this`,
            suggest(reference.component, [...earlier.keys()]),
          )
        } else if (!products.includes(reference.product)) {
          complain(
            path,
            `${reference.component} has no product "${reference.product}"`,
            suggest(reference.product, products),
          )
        }
      }
    }
  }
  for (const [name, component] of Object.entries(given.components)) {
    const at: Path = ['components', name]
    for (const [index, location] of [component.source].flat().entries()) {
      const mistake = locationMistake(location)
      const path = Array.isArray(component.source) ? [...at, 'source', index] : [...at, 'source']
      if (mistake !== undefined) complain(path, mistake, 'e.g. { debian: optee-os, version: 4.10.0-2 }')
    }
    if (component['debian-patches'] && ![component.source].flat().some(({ debian }) => debian !== undefined)) {
      complain(
        [...at, 'debian-patches'],
        'there is no debian location to take patches from',
        'add one, or list the patches under patches',
      )
    }
    for (const [index, patch] of component.patches.entries()) {
      if (!files.has(resolve(dirname(file), patch)))
        complain([...at, 'patches', index], `there is no patch ${patch}`, '')
    }
    for (const [target, from] of Object.entries(component.files)) {
      if (!files.has(resolve(dirname(file), from)))
        complain([...at, 'files', target], `there is no file ${from}`, `it would be in ${dirname(file)}`)
    }
    for (const [key, value] of Object.entries(component.arguments))
      checkReferences([...at, 'arguments', key], String(value))
    earlier.set(name, Object.keys(component.products))
  }
  for (const [key, value] of Object.entries(given.products)) {
    const [only] = referencesIn(value)
    if (only?.text !== value)
      complain(['products', key], `"${value}" is no product`, 'it would be ${COMPONENT:PRODUCT}')
    else checkReferences(['products', key], value)
  }
  if ((given.boot !== 'kernel') !== (given.products['bl33'] !== undefined)) {
    const hint = 'BL33 is a product when boot is efi or u-boot, and the kernel itself when it is kernel'
    complain(['boot'], `boot: ${given.boot} ${given.boot === 'kernel' ? 'has a' : 'needs the'} product "bl33"`, hint)
  }
  if (given.tpm !== undefined && !given.services.includes('tpm'))
    complain(['tpm'], 'there is no TPM to set up', 'services would have tpm')
  fvpMistakes(given, complain)
  return errors
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

/** @returns what is wrong with a location: no kind or two, or a key that the kind needs and that is not there */
function locationMistake(given: RecipeFileLocation): string | undefined {
  const kinds = (['debian', 'deb', 'tarball', 'tree', 'git'] as const).filter((kind) => given[kind] !== undefined)
  const [kind, second] = kinds
  if (kind === undefined || second !== undefined) return 'a location is one of debian, deb, tarball, tree or git'
  const moves = kind === 'debian' || kind === 'deb' || kind === 'git'
  if (given.newest !== undefined) {
    if (!moves) return `there is no newest of a ${kind} location`
    if (given.version !== undefined || given.ref !== undefined) return 'a version or ref and newest are two answers'
    return given.sha256 === undefined ? undefined : 'the newest of several has no sha256 that is known'
  }
  if (moves && kind !== 'git' && given.version === undefined) return `a ${kind} location needs the exact version`
  if (kind === 'git' && given.ref === undefined) return 'a git location needs a ref'
  return undefined
}

function hash(sha256: string | undefined): { sha256?: string } {
  return sha256 === undefined ? {} : { sha256 }
}

function invalid(errors: LocatedError[], file: string): LabError {
  return mistaken('BadInput', inReadingOrder(errors, file))
}
