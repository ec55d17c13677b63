import { Lexer, type ErrorCode } from 'yaml'
import type { TextMistake } from './readable.ts'

/** A mistake in the syntax as the library tells it, and how many characters before it. */
export interface SyntaxMistake {
  code: ErrorCode
  message: string
  offset: number
}

const syntaxHint = 'look at brackets, quotes and indentation, here and on the line before'
const quoteIt = 'put the text in quotes'

/**
 * Says in our words what is wrong with a file's syntax. The library says what its parser expected; people look for the
 * bracket that they forgot to close, the colon, the comma.
 * @param kind what the file is, in a word for people
 */
export function syntaxMistake({ code, message, offset }: SyntaxMistake, text: string, kind: string): TextMistake {
  const say = (said: string, hint: string, at = offset): TextMistake => ({ offset: at, message: said, hint })
  if (/end with a [\]}]|Missing closing/.test(message)) {
    const open = openBefore(text, offset)
    if (open !== undefined) return say(`the ${open.sign} that begins here has no end`, open.hint, open.offset)
  }
  switch (code) {
    case 'TAG_RESOLVE_FAILED':
      return say(`tags (!name) have no meaning in a ${kind}`, 'remove it, or put the text in quotes')
    case 'MULTIPLE_DOCS':
      return say('a second YAML document begins here', `one file holds one ${kind}`)
    case 'TAB_AS_INDENT':
      return say('a tab is used as indentation', 'YAML wants spaces')
    case 'NON_STRING_KEY':
      return say('a key is a list or a map', 'keys are plain words')
    case 'DUPLICATE_KEY':
      return say(
        `the key ${/^[^\s:]*/.exec(text.slice(offset))?.[0]} stands twice in this map`,
        'merge the two or rename one',
      )
    case 'BLOCK_AS_IMPLICIT_KEY':
      if (/:(\s|$)/.test(lineAt(text, offset)))
        return say('there is a second ": " on this line', 'put quotes around text that contains ": "')
      return say('the next line is indented deeper, but this one has a value already', 'give both the same indentation')
    case 'MULTILINE_IMPLICIT_KEY':
      if (text.startsWith('- ', offset))
        return say('a list item stands among the keys of a map', 'indent it below its key')
      return say('there is no ": " on this line', 'it would be key: value, with a blank behind the colon')
    case 'BLOCK_IN_FLOW':
      return say('a comma is missing before this, or a bracket is not closed', 'e.g. { a: 1, b: 2 }')
    case 'BAD_DQ_ESCAPE':
      return say(`${lowerFirst(message)} in double quotes`, 'use single quotes, in which a backslash is one')
    case 'BAD_SCALAR_START':
    case 'BAD_ALIAS':
      return say(`a text cannot begin with ${text[offset] ?? ''}`, quoteIt)
    default:
      if (/cannot be an empty string/.test(message))
        return say(`a text cannot begin with ${text[offset] ?? ''}`, quoteIt)
      if (message.startsWith('Block scalar header'))
        return say('text stands behind | or >', 'begin it on the next line')
      if (code === 'UNEXPECTED_TOKEN') return say('this cannot stand here', syntaxHint)
      return say(lowerFirst(message), syntaxHint)
  }
}

/** The bracket or quote that is open at an offset: the last that has no end before it. */
function openBefore(text: string, offset: number): { sign: string; hint: string; offset: number } | undefined {
  const open: { sign: string; hint: string; offset: number }[] = []
  let at = 0
  for (const token of new Lexer().lex(text)) {
    if (at > offset) break
    const [sign = ''] = token
    if (sign === '[' || sign === '{')
      open.push({
        sign,
        offset: at,
        hint: `add ${sign === '[' ? ']' : '}'} where the ${sign === '[' ? 'list' : 'map'} ends`,
      })
    else if (sign === ']' || sign === '}') {
      // The end of another bracket than the one that is open.
      if (open.at(-1)?.sign !== (sign === ']' ? '[' : '{')) break
      open.pop()
    } else if ((sign === '"' || sign === "'") && (token.length === 1 || !token.endsWith(sign)))
      open.push({ sign, offset: at, hint: `add ${sign} where the text ends` })
    // Signs of the lexer's own (mode changes) are no part of the text.
    if (text.startsWith(token, at)) at += token.length
  }
  return open.at(-1)
}

function lineAt(text: string, offset: number): string {
  const end = text.indexOf('\n', offset)
  return text.slice(offset, end === -1 ? undefined : end)
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}
