import type { LocatedYaml, Path } from '../../yaml/yaml-text.ts'
import type { At, Secret } from '../at.ts'
import type { FileSecret, FileText } from './schema-parts.ts'

/** How a lab's file reaches the files that it names; whoever calls knows the folders, parsing stays pure. */
export interface LabFiles {
  /** @returns the absolute path of `path` as written in the file `from`; `~/` is the home of who reads it */
  resolve(from: string, path: string): string
}

/** What readers of a file without mistakes need beside its values. */
export interface Reading {
  /** Where the value, or its key, stands. */
  at(path: Path, part?: 'key' | 'value'): At
  /** A text as it is written, e.g. `0x10` for 16. */
  text(path: Path, given: FileText): string
  words(path: Path, given: FileText[]): string[]
  secret(path: Path, given: FileSecret): Secret
  absolute(path: string): string
}

/** @param file the file's name, for messages and as the place from which its paths start */
export function readingOf(yaml: LocatedYaml, file: string, files: LabFiles): Reading {
  const absolute = (path: string): string => files.resolve(file, path)
  const text = (path: Path, given: FileText): string =>
    typeof given === 'string' ? given : (yaml.source(path) ?? String(given))
  const words = (path: Path, given: FileText[]): string[] => given.map((word, index) => text([...path, index], word))
  return {
    at(path, part = 'key') {
      const { line, column } = yaml.where(path, part)
      return `${file}:${line}:${column}`
    },
    text,
    words,
    secret(path, given) {
      if (given.env !== undefined) return { env: given.env }
      if (given.file !== undefined) return { file: absolute(given.file) }
      return { command: words([...path, 'command'], given.command!) }
    },
    absolute,
  }
}

/** @returns one value or several as several */
export function list<Value>(given: Value | Value[]): Value[] {
  return Array.isArray(given) ? given : [given]
}

/** @returns the record with each value changed, in its order */
export function mapValues<In, Out>(
  record: Record<string, In>,
  change: (value: In, key: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}

/** @returns the name of a file without folder and ending */
export function stemOf(file: string): string {
  return file.replace(/^.*\//, '').replace(/\.ya?ml$/, '')
}
