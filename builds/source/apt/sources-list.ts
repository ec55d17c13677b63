/** One `deb` or `deb-src` entry of the host's apt, whichever of the two formats it was written in. */
export interface AptSource {
  types: string[]
  uris: string[]
  suites: string[]
  components: string[]
  /** Other fields by their deb822 names, e.g. `Signed-By`; an inline key keeps its lines. */
  fields: Record<string, string>
}

/** How the one-line format's options are called in deb822 (sources.list(5)). */
const optionNames: Record<string, string> = {
  'signed-by': 'Signed-By',
  trusted: 'Trusted',
  'check-valid-until': 'Check-Valid-Until',
  'check-date': 'Check-Date',
}

/**
 * Reads the one-line format of sources.list(5): `deb [options] uri suite [component...]`.
 * Lines that are none (comments, cdrom, mistakes) are left out: apt itself complains of those.
 */
export function parseOneLine(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line)
    if (match === null) return []
    const [, type = '', options = '', uri = '', suite = '', components = ''] = match
    if (uri.startsWith('cdrom:')) return []
    const fields: Record<string, string> = {}
    for (const option of words(options)) {
      const [key = '', value = ''] = option.split('=')
      const name = optionNames[key.toLowerCase()]
      if (name !== undefined) fields[name] = value
    }
    return [{ types: [type], uris: [uri], suites: [suite], components: words(components), fields }]
  })
}

/** Reads the deb822 format of sources.list(5): stanzas of fields. Disabled stanzas are left out. */
export function parseDeb822(text: string): AptSource[] {
  const stanzas = text.split(/\n[ \t]*\n/)
  return stanzas.flatMap((stanza) => {
    const fields = readFields(stanza)
    const take = (name: string) => {
      const value = fields.get(name.toLowerCase())?.value ?? ''
      fields.delete(name.toLowerCase())
      return words(value)
    }
    const enabled = fields.get('enabled')?.value ?? 'yes'
    const [types, uris, suites, components] = [take('Types'), take('URIs'), take('Suites'), take('Components')]
    if (types.length === 0 || uris.length === 0 || /^(no|false|0|off|without|disable)$/i.test(enabled.trim())) return []
    const kept = [...fields.values()].filter((field) => Object.values(optionNames).includes(field.name))
    return [{ types, uris, suites, components, fields: Object.fromEntries(kept.map((f) => [f.name, f.value])) }]
  })
}

/** Writes entries in the deb822 format. */
export function renderDeb822(sources: AptSource[]): string {
  return sources
    .map((source) =>
      [
        `Types: ${source.types.join(' ')}`,
        `URIs: ${source.uris.join(' ')}`,
        `Suites: ${source.suites.join(' ')}`,
        ...(source.components.length === 0 ? [] : [`Components: ${source.components.join(' ')}`]),
        ...Object.entries(source.fields).map(([name, value]) => `${name}:${value.startsWith('\n') ? '' : ' '}${value}`),
      ].join('\n'),
    )
    .map((stanza) => `${stanza}\n`)
    .join('\n')
}

function readFields(stanza: string): Map<string, { name: string; value: string }> {
  const fields = new Map<string, { name: string; value: string }>()
  let last: { name: string; value: string } | undefined
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue
    if (/^[ \t]/.test(line) && last !== undefined) {
      last.value += `\n${line}`
      continue
    }
    const match = /^([A-Za-z-]+):[ \t]*(.*)$/.exec(line)
    if (match === null) continue
    const key = (match[1] ?? '').toLowerCase()
    last = {
      name: Object.values(optionNames).find((n) => n.toLowerCase() === key) ?? match[1] ?? '',
      value: match[2] ?? '',
    }
    fields.set(key, last)
  }
  return fields
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}
