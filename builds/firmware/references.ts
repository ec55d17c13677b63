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

/** Puts in what each reference stands for. References that mean nothing stay as they are: recipes are checked first. */
export function substitute(value: string, resolve: (reference: Reference) => string): string {
  return value.replaceAll(pattern, (text, inner: string) => {
    const reference = parse(inner)
    return reference === undefined ? text : resolve(reference)
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
