import type { LocatedError } from '../../yaml/located-error.ts'
import { entriesAt, itemsAt, valueAt } from '../../yaml/value-at.ts'
import { readYaml, type Path } from '../../yaml/yaml-text.ts'

/** A resource or a driver of labgrid: its class, the name that it was given, its parameters. */
export interface LabgridPart {
  cls: string
  name?: string
  params: Record<string, unknown>
}

/** What belongs to one machine: a group of an exporter file, or a target of an environment file. */
export interface LabgridGroup {
  name: string
  file: string
  resources: LabgridPart[]
  drivers: LabgridPart[]
}

/** Groups, or why they cannot be read. */
export type ReadLabgrid = { ok: true; groups: LabgridGroup[] } | { ok: false; errors: LocatedError[] }

/**
 * Reads an exporter file (groups of resources) or an environment file (targets with resources and drivers) as labgrid 26
 * does: YAML 1.1, a resource by its class or by a name with `cls`, lists or maps of them in an environment.
 */
export function readLabgrid(text: string, file: string): ReadLabgrid {
  const template = templateLine(text)
  if (template !== undefined) {
    const message = 'this line is a Jinja template'
    const hint = 'render it first: labgrid-exporter prints what it rendered when it starts'
    return { ok: false, errors: [{ file, line: template, column: 1, message, hint }] }
  }
  // What `!template` stands for is in the environment of who runs labgrid.
  const customTags = [{ tag: '!template', resolve: (template: string) => template }]
  const { yaml, errors } = readYaml(text, file, 'labgrid file', { schema: 'yaml-1.1', customTags })
  if (yaml === undefined || errors.length > 0) return { ok: false, errors }
  const root = yaml.value
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    const hint = 'it would be groups of resources, or targets'
    return { ok: false, errors: [{ file, line: 1, column: 1, message: 'this is no file of labgrid', hint }] }
  }
  const isEnvironment = valueAt(root, ['targets']) !== undefined
  const groups = entriesAt(root, isEnvironment ? ['targets'] : []).map(({ key, path }) => {
    const part = (name: string) => (isEnvironment ? partsOf(root, [...path, name]) : [])
    return {
      name: key,
      file,
      resources: isEnvironment ? part('resources') : partsOf(root, path),
      drivers: part('drivers'),
    }
  })
  return { ok: true, groups }
}

/** @returns resources or drivers: a map by class or name, or a list of maps with one class each or with `cls` */
function partsOf(root: unknown, path: Path): LabgridPart[] {
  const value = valueAt(root, path)
  if (!Array.isArray(value)) return entriesAt(root, path).flatMap(({ key, value: params }) => partOf(key, params))
  return itemsAt(root, path).flatMap(({ value: item, path: at }) => {
    if (valueAt(item, ['cls']) !== undefined) return partOf('', item)
    return entriesAt(root, at).flatMap(({ key, value: params }) => partOf(key, params))
  })
}

/** A part without parameters in an exporter file is turned off; `location` of a group is a word for people. */
function partOf(key: string, value: unknown): LabgridPart[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  const { cls, name, ...params } = value as Record<string, unknown>
  const named = typeof name === 'string' ? name : typeof cls === 'string' && key !== '' && key !== cls ? key : undefined
  return [{ cls: typeof cls === 'string' ? cls : key, params, ...(named !== undefined && { name: named }) }]
}

/** @returns the first line that labgrid-exporter would have Jinja work on; environments are not rendered */
function templateLine(text: string): number | undefined {
  if (/^targets:/m.test(text)) return undefined
  const lines = text.split('\n')
  const found = lines.findIndex((line) =>
    /\{\{|\{%|^\s*#\s*(for|endfor|if|elif|else|endif|set|include|import|from|macro)\b/.test(line),
  )
  return found < 0 ? undefined : found + 1
}
