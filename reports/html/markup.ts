import { plain } from '../plain.ts'

/** Markup that was made by `markup` or vouched for: nothing else gets into a page unescaped. */
export class Markup {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

/** What a template may hold: texts and numbers, which are escaped, markup, and lists of these. */
export type Part = Markup | string | number | undefined | readonly Part[]

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/**
 * A template of markup. Not called `html`, because then formatters move white space in it, which counts in `pre` and
 * `style`. Values stand in text or in quoted attributes, nowhere else; what is undefined
 * leaves nothing.
 */
export function markup(texts: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(texts.map((text, index) => text + show(parts[index])).join(''))
}

/** Markup that another renderer has escaped, e.g. a picture of our own. */
export function trusted(text: string): Markup {
  return new Markup(text)
}

function show(part: Part): string {
  if (part === undefined) return ''
  if (part instanceof Markup) return part.toString()
  if (typeof part === 'object') return part.map(show).join('')
  return plain(String(part)).replaceAll(/[&<>"']/g, (sign) => entities[sign]!)
}
