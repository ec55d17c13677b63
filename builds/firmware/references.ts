import type { StackRecipe } from './stack-recipe.ts'

/** What `${...}` in a recipe stands for. */
export type Reference =
  | { kind: 'out' }
  | { kind: 'bl33' }
  | { kind: 'file'; path: string }
  | { kind: 'product'; component: string; product: string }

const pattern = /\$\{([^}]*)\}/g

/** @returns the references in a value, in order; undefined stands for one that means nothing, with its text */
export function referencesIn(value: string): { text: string; reference: Reference | undefined }[] {
  return [...value.matchAll(pattern)].map((match) => ({ text: match[0], reference: parse(match[1] ?? '') }))
}

/** Where the products of components lie: component to product to path. */
export type Built = Map<string, ReadonlyMap<string, string>>

/**
 * Puts in what each reference stands for. References that mean nothing stay as they are: recipes are checked first.
 * @param built the components before this one
 * @param own of the component whose value this is: its output folder, and where the files lie that it names
 */
export function resolveReferences(
  value: string,
  recipe: StackRecipe,
  built: Built,
  { out, files }: { out: string; files: ReadonlyMap<string, string> },
): string {
  return value.replaceAll(pattern, (text, inner: string) => {
    const reference = parse(inner)
    switch (reference?.kind) {
      case 'out':
        return out
      case 'bl33':
        return `0x${recipe.setup.bl33.toString(16)}`
      case 'file':
        return files.get(reference.path) ?? text
      case 'product':
        return built.get(reference.component)?.get(reference.product) ?? text
      case undefined:
        return text
    }
  })
}

function parse(inner: string): Reference | undefined {
  if (inner === 'out') return { kind: 'out' }
  if (inner === 'bl33') return { kind: 'bl33' }
  const match = /^([^:]+):(.+)$/.exec(inner)
  if (match === null) return undefined
  const [, before = '', after = ''] = match
  return before === 'file' ? { kind: 'file', path: after } : { kind: 'product', component: before, product: after }
}
