import type { Path } from './yaml-text.ts'

// Checks look at a file's raw values, so that a mistake in one part does not hide those in another. These take whatever
// is there and give an empty answer for a wrong type, which shape-errors.ts reports.

/** @returns the value at `path`, or undefined */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<string | number, unknown>)[key]
  }
  return value
}

/** @returns the text at `path`, and a number or a truth value as text; undefined for anything else */
export function textAt(root: unknown, path: Path): string | undefined {
  return textOf(valueAt(root, path))
}

/** @returns the words of the command at `path`, numbers as text, with the path of each */
export function wordsAt(root: unknown, path: Path): { word: string; path: Path }[] {
  return itemsAt(root, path).flatMap((item) => {
    const word = textOf(item.value)
    return word === undefined ? [] : [{ word, path: item.path }]
  })
}

/** @returns a text, and a number or a truth value as text; undefined for anything else */
export function textOf(value: unknown): string | undefined {
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined
}

/** @returns the entries of the map at `path` with the path of each; none if there is no map */
export function entriesAt(root: unknown, path: Path): { key: string; value: unknown; path: Path }[] {
  const value = valueAt(root, path)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value).map(([key, inner]) => ({ key, value: inner, path: [...path, key] }))
}

/** @returns the items of the list at `path` with the path of each; a single value counts as a list of one */
export function itemsAt(root: unknown, path: Path): { value: unknown; path: Path }[] {
  const value = valueAt(root, path)
  if (value === undefined || value === null) return []
  return Array.isArray(value)
    ? value.map((item, index) => ({ value: item, path: [...path, index] }))
    : [{ value, path }]
}

/** @returns the items of the list at `path`; none if there is no list */
export function listAt(root: unknown, path: Path): { value: unknown; path: Path }[] {
  return Array.isArray(valueAt(root, path)) ? itemsAt(root, path) : []
}

/** @returns the texts of the list at `path` with the path of each; a single text counts as a list of one */
export function textsAt(root: unknown, path: Path): { text: string; path: Path }[] {
  return itemsAt(root, path).flatMap((item) =>
    typeof item.value === 'string' ? [{ text: item.value, path: item.path }] : [],
  )
}
