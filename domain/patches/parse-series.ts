/** The patch names in a quilt series: one a line, comments after `#`, options such as -p1 after the name. */
export function parseSeries(text: string): string[] {
  return text
    .split('\n')
    .map(
      (line) =>
        line
          .replace(/(^|\s)#.*$/, '')
          .trim()
          .split(/\s+/)[0] ?? '',
    )
    .filter((name) => name !== '')
}
