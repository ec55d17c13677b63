import type { core, z } from 'zod'
import { suggest } from '../../domain/plan/did-you-mean.ts'
import type { PlanError } from '../../domain/plan/plan-error.ts'
import type { LocatedYaml, Path } from '../../domain/plan/yaml-text.ts'

/** @returns what is wrong with the shape of a recipe, each with its place in the file */
export function shapeErrors(schema: z.ZodObject, yaml: LocatedYaml, file: string): PlanError[] {
  const result = schema.safeParse(yaml.value)
  if (result.success) return []
  return result.error.issues.flatMap((issue) => fromIssue(issue, [], schema, yaml, file))
}

function fromIssue(
  issue: core.$ZodIssue,
  base: Path,
  schema: z.ZodObject,
  yaml: LocatedYaml,
  file: string,
): PlanError[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))]
  const error = (at: Path, part: 'key' | 'value', message: string, hint = ''): PlanError => ({
    file,
    ...yaml.where(at, part),
    message,
    hint,
  })
  const label = path.join('.') || 'the recipe'
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, path)
    return issue.keys.map((key) =>
      error([...path, key], 'key', `unknown key "${key}" in ${label}`, suggest(key, known)),
    )
  }
  if (issue.code === 'invalid_union') {
    // The alternative that fits best is the one with the fewest complaints.
    const [best] = issue.errors.toSorted((a, b) => a.length - b.length)
    return (best ?? []).flatMap((inner) => fromIssue(inner, path, schema, yaml, file))
  }
  if (issue.code === 'invalid_key') {
    return [error(path, 'key', `"${String(path.at(-1))}" ${issue.issues[0]?.message ?? 'is not a name'}`)]
  }
  const value = yaml.source(path)
  if (issue.code === 'invalid_type' && yaml.source(path) === undefined && issue.message.endsWith('undefined')) {
    return [
      error(
        path.slice(0, -1),
        'key',
        `missing key "${String(path.at(-1))}" in ${path.slice(0, -1).join('.') || 'the recipe'}`,
      ),
    ]
  }
  return [error(path, 'value', `${value === undefined ? label : `"${value}"`}: ${issue.message}`)]
}

/** The keys that a map at this path may have; none when the names there are free. */
function keysAt(schema: z.ZodObject, path: Path): string[] {
  if (path.length === 0) return Object.keys(schema.shape)
  const component = schema.shape['components'] as z.ZodRecord<z.ZodString, z.ZodObject>
  return path[0] === 'components' && path.length === 2 ? Object.keys(component.valueType.shape) : []
}
