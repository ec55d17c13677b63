/** A strict reader of the XML that we write: it takes no more of XML 1.0 than that, and refuses all that is not well-formed. */

export interface XmlElement {
  name: string
  attributes: Record<string, string>
  children: XmlElement[]
  text: string
}

const char = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u
const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
const tag = /^<(\/?)([A-Za-z][\w-]*)((?: [A-Za-z][\w-]*="[^"<]*")*)(\/?)>/

/** @throws Error where the document is not well-formed */
export function readXml(document: string): XmlElement {
  if (!document.startsWith(declaration)) throw new Error('it has no declaration')
  if (!char.test(document)) throw new Error('it holds a character that XML 1.0 does not have')
  const root: XmlElement = { name: '', attributes: {}, children: [], text: '' }
  const open = [root]
  let rest = document.slice(declaration.length)
  while (rest !== '') {
    const parent = open.at(-1)!
    const end = rest.startsWith('<') ? 0 : (rest.indexOf('<') + 1 || rest.length + 1) - 1
    if (end > 0) {
      parent.text += unescape(rest.slice(0, end))
      rest = rest.slice(end)
      continue
    }
    const [whole, closes, name, attributes, isEmpty] = tag.exec(rest) ?? []
    if (whole === undefined) throw new Error(`no tag: ${rest.slice(0, 60)}`)
    rest = rest.slice(whole.length)
    if (closes === '/') {
      if (open.pop()!.name !== name) throw new Error(`</${name}> closes what is not open`)
      continue
    }
    const element: XmlElement = { name: name!, attributes: {}, children: [], text: '' }
    for (const [, key, value] of attributes!.matchAll(/ ([\w-]+)="([^"]*)"/g)) {
      if (key! in element.attributes) throw new Error(`${key} stands twice`)
      element.attributes[key!] = unescape(value!)
    }
    parent.children.push(element)
    if (isEmpty !== '/') open.push(element)
  }
  if (open.length !== 1 || root.children.length !== 1) throw new Error('it is not one element')
  return root.children[0]!
}

function unescape(text: string): string {
  if (text.includes(']]>')) throw new Error('"]]>" stands in a text')
  return text.replaceAll(/&([^;]*;?)/g, (_, name: string) => {
    const known: Record<string, string> = {
      'amp;': '&',
      'lt;': '<',
      'gt;': '>',
      'quot;': '"',
      '#10;': '\n',
      '#9;': '\t',
    }
    const value = known[name]
    if (value === undefined) throw new Error(`&${name} is no entity`)
    return value
  })
}
