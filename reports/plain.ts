/**
 * What no report passes on: control characters but for tab and line feed, marks that turn the direction of writing (a line
 * would read otherwise than it stands), and what is no character at all (XML 1.0, production 2).
 */
const unsafe =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g

/** A text of any number of lines as every format may hold it: what may not pass shows as U+FFFD. */
export function plain(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').toWellFormed().replaceAll(unsafe, '\ufffd')
}

/** The same as one line: line feeds count as blanks. A tab stays one. */
export function plainLine(text: string): string {
  return plain(text).replaceAll(/ *\n\s*/g, ' ')
}
