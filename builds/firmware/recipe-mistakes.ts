import { dirname, resolve } from 'node:path'
import { suggest } from '../../domain/yaml/did-you-mean.ts'
import type { LocatedError } from '../../domain/yaml/located-error.ts'
import type { LocatedYaml, Path } from '../../domain/yaml/yaml-text.ts'
import type { InputFiles } from '../input-files.ts'
import { fvpMistakes } from './fvp-part.ts'
import type { RecipeFile, RecipeFileLocation } from './recipe-schema.ts'
import { referencesIn } from './references.ts'

/**
 * What is wrong with a recipe that has the right shape: files that are not there, references that mean nothing, parts
 * that do not go together.
 * @param file absolute; the recipe's paths start at its folder
 * @param files what must have the files that it names
 */
export function recipeFileMistakes(
  given: RecipeFile,
  yaml: LocatedYaml,
  file: string,
  files: InputFiles,
): LocatedError[] {
  const errors: LocatedError[] = []
  const complain = (path: Path, message: string, hint: string) =>
    errors.push({ file, ...yaml.where(path), message, hint })
  const earlier = new Map<string, string[]>()
  const checkReferences = (path: Path, value: string) => {
    if (/\$\{[^}]*$/.test(value)) complain(path, 'a ${ has no end', 'add } where the reference ends')
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
            suggest(reference.component, [...earlier.keys()]) || 'move it after that component',
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
      if (mistake !== undefined) complain(path, ...mistake)
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
        complain([...at, 'patches', index], `there is no patch ${patch}`, `it would be in ${dirname(file)}`)
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

/** @returns what is wrong with a location, and what would be right: no kind or two, a key that it needs or cannot have */
function locationMistake(given: RecipeFileLocation): [message: string, hint: string] | undefined {
  const kinds = (['debian', 'deb', 'tarball', 'tree', 'git'] as const).filter((kind) => given[kind] !== undefined)
  const [kind, second] = kinds
  if (kind === undefined)
    return ['this location does not say where the source is', 'add debian, deb, tarball, tree or git']
  if (second !== undefined)
    return [`"${kind}" and "${second}" are two locations in one`, 'write two list entries, tried in order']
  const needs = kind === 'git' ? 'ref' : kind === 'tarball' || kind === 'tree' ? undefined : 'version'
  if (given.newest !== undefined) {
    if (needs === undefined) return [`"newest" has no meaning for a ${kind} location`, 'remove it']
    if (given[needs] !== undefined) return [`"${needs}" and "newest" are two answers`, 'leave one of them out']
    if (given.sha256 !== undefined)
      return ['the newest of several has no sha256 that is known', 'remove it, or name one version']
  } else if (needs !== undefined && given[needs] === undefined)
    return [`a ${kind} location needs "${needs}"`, `add ${needs}: ...`]
  for (const key of ['version', 'ref', 'sha256'] as const) {
    const may = key === needs || (key === 'sha256' && kind !== 'tree' && kind !== 'git')
    if (given[key] !== undefined && !may) return [`"${key}" has no meaning for a ${kind} location`, 'remove it']
  }
  return undefined
}
