const escape = '\x1b'
/** ECMA-48, 5.4: a control sequence, whole or begun; EDK2's terminals put the cursor and colours with them. */
const sequence = /\x1b(?:\[[0-9;?=]*[A-Za-z]|[^[])/g // eslint-disable-line no-control-regex

/** Takes control sequences for a terminal out of what a board says, also those that two chunks share. */
export class PlainText {
  #kept = ''

  /** @returns the text without them; what may be the start of one is kept for the next chunk */
  feed(chunk: Uint8Array): string {
    const text = this.#kept + Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1')
    const plain = text.replaceAll(sequence, '')
    const begun = plain.indexOf(escape)
    this.#kept = begun < 0 ? '' : plain.slice(begun)
    return begun < 0 ? plain : plain.slice(0, begun)
  }
}
