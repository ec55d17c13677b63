/**
 * Undoes format=flowed (RFC 3676): a line that ends in a blank goes on in the next of the same depth of quotes, and a line may
 * have one blank before it that is not its own. The signature's line, `-- `, ends as it is.
 * @param text lines ended by LF or CR LF
 * @param deleteSpace `DelSp=yes`: the blank at which a line was broken is no part of it
 * @returns lines ended by LF
 */
export function unflow(text: string, deleteSpace: boolean): string {
  const lines: string[] = []
  let open: { quotes: string; text: string } | undefined
  const close = () => {
    if (open !== undefined) lines.push(quoted(open.quotes, open.text))
    open = undefined
  }
  const given = text.split(/\r?\n/)
  const last = given.at(-1) === '' ? given.pop() : undefined
  for (const line of given) {
    const quotes = /^>*/.exec(line)![0]
    const content = line.slice(quotes.length).replace(/^ /, '')
    if (open !== undefined && open.quotes !== quotes) close()
    if (content === '-- ') {
      close()
      lines.push(quoted(quotes, content))
    } else if (content.endsWith(' ')) {
      open = { quotes, text: `${open?.text ?? ''}${deleteSpace ? content.slice(0, -1) : content}` }
    } else {
      lines.push(quoted(quotes, `${open?.text ?? ''}${content}`))
      open = undefined
    }
  }
  close()
  return lines.join('\n') + (last === undefined ? '' : '\n')
}

function quoted(quotes: string, text: string): string {
  return quotes === '' ? text : `${quotes} ${text}`
}
