import { plain } from './plain.ts'

/** An element with its attributes; those that are undefined are left out. Texts are escaped. */
export interface Element {
  name: string
  attributes?: Record<string, string | number | undefined>
  /** Elements, or a text. */
  children?: readonly Element[] | string
}

/** A whole document of XML 1.0, which has no place for most control characters, not even escaped (production 2). */
export function document(root: Element): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${show(root, '')}\n`
}

function show({ name, attributes = {}, children = [] }: Element, indent: string): string {
  const given = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${attribute(String(value))}"`],
  )
  const head = `${indent}<${name}${given.join('')}`
  if (children.length === 0) return `${head}/>`
  if (typeof children === 'string') return `${head}>${text(children)}</${name}>`
  return `${head}>\n${children.map((child) => show(child, `${indent}  `)).join('\n')}\n${indent}</${name}>`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function text(value: string): string {
  return plain(value).replaceAll(/[&<>]/g, (sign) => entities[sign]!)
}

/** A reader turns white space in attributes into blanks unless it is written as a reference (3.3.3). */
function attribute(value: string): string {
  return plain(value)
    .replaceAll(/[&<>"]/g, (sign) => entities[sign]!)
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;')
}
