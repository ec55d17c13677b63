import { textAt, valueAt } from '../../yaml/value-at.ts'
import type { Path } from '../../yaml/yaml-text.ts'

/** @returns whether the class of a place has U-Boot as its loader */
export function isUBoot(root: unknown, place: Path): boolean {
  const loader = loaderOf(root, place)
  return loader === 'u-boot' || valueAt(loader, ['u-boot']) !== undefined
}

/** @returns the loader that the class of a place has */
export function loaderOf(root: unknown, place: Path): unknown {
  return valueAt(root, ['classes', textAt(root, [...place, 'class']) ?? '', 'loader'])
}
