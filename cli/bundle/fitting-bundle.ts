import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A bundle, and the files that it was made of as they were then. */
export interface MadeOf {
  checkout: string
  /** The bundle's entry; an absolute path. */
  entry: string
  /** What `stateOf` said of each, by its absolute path. */
  files: Record<string, string>
}

/** The folder of a checkout's bundles. Checkouts that share node_modules have one each. */
export function bundleFolder(checkout: string): string {
  return join(checkout, 'node_modules/.cache/hyplab-cli', checkout.replaceAll('/', '+'))
}

/** The file of that folder that says which bundle is the newest. */
export const newest = 'newest.json'

/** Another text when a file was written, replaced or touched; undefined when there is none. */
export function stateOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`
}

/**
 * The bundle of a checkout's sources as they are now: the one that is there when no file that it was made of has changed
 * since, else a new one, which takes a second or two.
 * @param checkout its folder; an absolute path
 * @returns the address to import; undefined when none could be made or kept
 */
export async function fittingBundle(checkout: string): Promise<string | undefined> {
  const folder = bundleFolder(checkout)
  try {
    const known = readNewest(folder)
    if (known?.checkout === checkout && isUnchanged(known)) return pathToFileURL(known.entry).href
    // Loaded here, because most commands find a bundle.
    const { makeBundle } = await import('./make-bundle.ts')
    return pathToFileURL((await makeBundle(checkout, folder)).entry).href
  } catch {
    // A bundle is a favour. The sources say what is wrong with them.
    return undefined
  }
}

/** What is noted in a checkout's folder; undefined when nothing is that can be read. */
export function readNewest(folder: string): MadeOf | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, newest), 'utf8')) as MadeOf
  } catch {
    return undefined
  }
}

function isUnchanged({ entry, files }: MadeOf): boolean {
  return (
    stateOf(entry) !== undefined && Object.entries(files).every(([path, state]) => (stateOf(path) ?? 'none') === state)
  )
}
