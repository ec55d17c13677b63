import type { core, z } from 'zod'
import { suggest } from '../../domain/yaml/did-you-mean.ts'
import type { LocatedError } from '../../domain/yaml/located-error.ts'
import type { LocatedYaml, Path } from '../../domain/yaml/yaml-text.ts'

/** @returns what is wrong with the shape of a recipe, each with its place in the file */
export function shapeErrors(schema: z.ZodObject, yaml: LocatedYaml, file: string): LocatedError[] {
  const result = schema.safeParse(yaml.value)
  if (result.success) return []
  const errors = result.error.issues.flatMap((issue) => fromIssue(issue, [], yaml, file))
  // A misspelt key is one mistake, not an unknown key and a missing one.
  return errors.filter(({ message }) => {
    const missing = /^missing key (".*") in (.*)$/.exec(message)
    return !errors.some(
      ({ message: other, hint }) => hint === `did you mean ${missing?.[1]}?` && other.endsWith(` in ${missing?.[2]}`),
    )
  })
}

function fromIssue(issue: core.$ZodIssue, base: Path, yaml: LocatedYaml, file: string): LocatedError[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))]
  const error = (at: Path, part: 'key' | 'value', message: string, hint = ''): LocatedError => ({
    file,
    ...yaml.where(at, part),
    message,
    hint,
  })
  const label = path.join('.') || 'the recipe'
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(' ')
    return issue.keys.map((key) =>
      error([...path, key], 'key', `unknown key "${key}" in ${label}`, suggest(key, known)),
    )
  }
  if (issue.code === 'invalid_union') {
    // The alternative that has the value's own type says what is wrong.
    const offType = (inner: core.$ZodIssue) => inner.code === 'invalid_type' && inner.path.length === 0
    const fitting = issue.errors.find((branch) => !branch.some(offType)) ?? issue.errors[0] ?? []
    return fitting.flatMap((inner) => fromIssue(inner, path, yaml, file))
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
