/** What Kconfig knows of one symbol, read from what kconfig-why.c prints. */
export interface Why {
  symbol: string
  /** False for a name that this tree's Kconfig does not define. */
  known: boolean
  /** `bool`, `tristate`, `integer`, `hex`, `string`. */
  type: string
  value: string
  /** `[2 4096]`, for numbers. */
  range?: string
  /** The places where it is defined; one with a prompt can be set by a user. */
  definitions: Definition[]
  /** What forces it, each a conjunction: `IMA [=n] && ACPI [=y]`, by the value that it forces. */
  selectedBy: Record<'y' | 'm' | 'n', string[]>
  /** The members of the choice that it is in, `NAME=value`. */
  choice: string[]
}

export interface Definition {
  /** `file:line`. */
  at: string
  prompt: boolean
  dependsOn?: string
  /** Where it is more than `dependsOn`: a user sees the prompt only if. */
  visibleIf?: string
}

/**
 * Reads the output of kconfig-why.c, which is that of `get_relations_str` (scripts/kconfig/menu.c, Linux 6.1 to 7.3)
 * with headings.
 */
export function parseWhy(output: string): Map<string, Why> {
  const sections = output.split(/^== /m).slice(1)
  return new Map(sections.map(parseSection).map((why) => [why.symbol, why]))
}

function parseSection(section: string): Why {
  const [symbol = '', ...lines] = section.split('\n')
  const why: Why = {
    symbol,
    known: lines[0] !== 'unknown',
    type: 'unknown',
    value: 'n',
    definitions: [],
    selectedBy: { y: [], m: [], n: [] },
    choice: [],
  }
  let selectors: string[] | undefined
  for (const line of lines) {
    const selected = /^Selected by \[([ymn])\]:/.exec(line)?.[1] as 'y' | 'm' | 'n' | undefined
    if (selected !== undefined) selectors = why.selectedBy[selected]
    else if (line.startsWith('  - ')) selectors?.push(line.slice(4))
    else {
      selectors = undefined
      readField(why, line)
    }
  }
  return why
}

function readField(why: Why, line: string): void {
  const { field, value } = /^\s*(?<field>[A-Z][a-z]+(?: \w+)*?)\s*: ?(?<value>.*)$/.exec(line)?.groups ?? {}
  const definedAt = /^Defined at (.+)$/.exec(line)?.[1]
  if (definedAt !== undefined) {
    why.definitions.push({ at: definedAt, prompt: false })
    return
  }
  const definition = why.definitions.at(-1)
  if (value === undefined) return
  if (field === 'Symbol') why.value = /\[=(.*)\]$/.exec(value)?.[1] ?? 'n'
  else if (field === 'Type') why.type = value
  else if (field === 'Range') why.range = value
  else if (field === 'Choice') why.choice = value.split(' ').filter((member) => member !== '')
  else if (field === 'Prompt' && definition) definition.prompt = true
  else if (field === 'Depends on' && definition) definition.dependsOn = value
  else if (field === 'Visible if' && definition) definition.visibleIf = value
}
