import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LabError } from '../domain/errors.ts'
import { readPatchBytes } from './source/mail-folder.ts'
import { readInputBytes, whyUnreadable } from '../host/read-input.ts'

/** The small files that builds are made from: patches, fragments of configurations, recipes and what these name. */
export interface InputFiles {
  /** @throws Node's error (ENOENT, ...) when there is no such file; LabError BadInput for what is no file */
  read(path: string): Uint8Array
  /** As `read`, and of a folder of mails its mails as one mailbox. */
  readPatch(path: string): Uint8Array
  has(path: string): boolean
  /** What is wrong with a file, in words that go on after its name; undefined when it can be read. */
  whyUnreadable(path: string): string | undefined
  /** A path at which other programs find the same bytes, in a file of the same name. */
  at(path: string): Promise<string>
}

/** The files as they are at this moment. */
export const asTheyAre: InputFiles = {
  read: readInputBytes,
  readPatch: readPatchBytes,
  has: existsSync,
  whyUnreadable,
  at: (path) => Promise.resolve(path),
}

/** Reads each file once and remembers what it was: all that a run is made from is read at one time. */
export class RecordedFiles implements InputFiles {
  readonly #read = new Map<string, Uint8Array>()

  read(path: string): Uint8Array {
    return this.#once(path, readInputBytes)
  }

  readPatch(path: string): Uint8Array {
    return this.#once(path, readPatchBytes)
  }

  #once(path: string, read: (path: string) => Uint8Array): Uint8Array {
    const known = this.#read.get(path) ?? read(path)
    this.#read.set(path, known)
    return known
  }

  has(path: string): boolean {
    return this.#read.has(path) || existsSync(path)
  }

  whyUnreadable(path: string): string | undefined {
    return this.#read.has(path) ? undefined : whyUnreadable(path)
  }

  at(path: string): Promise<string> {
    return Promise.resolve(path)
  }

  /** All that was read, as one text. Bytes are letters of Latin-1 in it, since patches are of any encoding. */
  bundle(): string {
    const read = [...this.#read].toSorted(([one], [other]) => (one < other ? -1 : 1))
    const files = read.map(([path, bytes]) => [path, Buffer.from(bytes).toString('latin1')])
    return `${JSON.stringify(Object.fromEntries(files))}\n`
  }
}

/** What a bundle holds, by path. @throws LabError StoreBroken when it is none */
export function filesOfBundle(text: string): ReadonlyMap<string, Uint8Array> {
  try {
    const files = Object.entries(JSON.parse(text) as Record<string, string>)
    return new Map(files.map(([path, content]) => [path, Buffer.from(content, 'latin1')]))
  } catch (cause) {
    throw new LabError('StoreBroken', 'What a run was made from is kept in a form that cannot be read.', { cause })
  }
}

/**
 * The files of a bundle as they were read. Any other one, such as a patch of Debian's in the cache, is as it is.
 * @param folder where `at` writes them
 */
export function frozenFiles(files: ReadonlyMap<string, Uint8Array>, folder: string): InputFiles {
  return {
    read: (path) => files.get(path) ?? asTheyAre.read(path),
    readPatch: (path) => files.get(path) ?? asTheyAre.readPatch(path),
    has: (path) => files.has(path) || asTheyAre.has(path),
    whyUnreadable: (path) => (files.has(path) ? undefined : whyUnreadable(path)),
    async at(path) {
      const bytes = files.get(path)
      if (bytes === undefined) return await asTheyAre.at(path)
      const to = join(folder, path)
      await mkdir(dirname(to), { recursive: true })
      await writeFile(to, bytes)
      return to
    },
  }
}
