import { LabError } from '../../domain/errors.ts'

/** Symbols without the CONFIG_ prefix, and values as they stand in a .config; what is absent is `n`. */
export type Config = Map<string, string>

const set = /^CONFIG_(\w+)=(.*)$/
const unset = /^# CONFIG_(\w+) is not set$/

/**
 * Reads a .config or a fragment of one; a later line wins over an earlier one.
 * @param file named in errors.
 * @throws LabError BadInput with every line that is neither a setting nor a comment.
 */
export function parseConfig(text: string, file: string): Config {
  const config: Config = new Map()
  const wrong: string[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim()
    const off = unset.exec(line)?.[1]
    const [, name, value] = set.exec(line) ?? []
    if (off !== undefined) config.set(off, 'n')
    else if (name !== undefined) config.set(name, withoutComment(value ?? ''))
    else if (line !== '' && !line.startsWith('#')) wrong.push(`${file}:${index + 1}: "${line}"`)
  }
  if (wrong.length === 0) return config
  throw new LabError(
    'BadInput',
    `Not a line of a kernel configuration, which reads CONFIG_NAME=value or # CONFIG_NAME is not set: ${wrong.join('; ')}`,
  )
}

/** `y  # for the console` is y: people write so, and Kconfig would take the comment for a part of the value. */
function withoutComment(value: string): string {
  return value.startsWith('"') ? value : value.replace(/\s+#.*$/, '')
}

/**
 * A plan's inline value as it stands in a .config: y, m, n and numbers as they are, all else as a string in quotes.
 */
export function configValue(value: string): string {
  if (/^([ymn]|-?\d+|0[xX][0-9a-fA-F]+|".*")$/s.test(value)) return value
  return `"${value.replaceAll(/[\\"]/g, '\\$&')}"`
}

/**
 * A base configuration with the requested symbols over it, as `scripts/kconfig/merge_config.sh -m` (Linux 6.18) makes
 * it: every line of the base that sets a requested symbol goes, the requests come last.
 */
export function mergeConfig(base: string, requested: Config): string {
  const kept = base.split('\n').filter((line) => {
    const name = set.exec(line)?.[1] ?? unset.exec(line)?.[1]
    return name === undefined || !requested.has(name)
  })
  const lines = [...requested].map(([name, value]) =>
    value === 'n' ? `# CONFIG_${name} is not set` : `CONFIG_${name}=${value}`,
  )
  return `${kept.join('\n').trimEnd()}\n${lines.join('\n')}\n`
}

/** A symbol that Kconfig gave another value than was asked for. */
export interface NotTaken {
  symbol: string
  wanted: string
  got: string
}

/** Every requested symbol whose effective value is another one, in the order of the requests. */
export function notTaken(requested: Config, effective: Config): NotTaken[] {
  return [...requested]
    .map(([symbol, wanted]) => ({ symbol, wanted, got: effective.get(symbol) ?? 'n' }))
    .filter(({ wanted, got }) => !sameValue(wanted, got))
}

function sameValue(a: string, b: string): boolean {
  if (a === b) return true
  const hex = /^0[xX][0-9a-fA-F]+$/
  return hex.test(a) && hex.test(b) && BigInt(a) === BigInt(b)
}

/** How many symbols two configurations hold differently. */
export function configDistance(a: Config, b: Config): number {
  return new Set([...a.keys(), ...b.keys()].filter((name) => a.get(name) !== b.get(name))).size
}
