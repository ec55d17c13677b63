/** Takes a console server's own words out of a stream, which may come in pieces: so it holds bytes back now and then. */
export interface WordFilter {
  /** Takes the next bytes; returns those to be given on. */
  push(chunk: Uint8Array): Uint8Array
  /** Whether bytes are held back now. */
  readonly holds: boolean
  /** After how long without more the bytes that are held count as the board's, milliseconds. */
  readonly patienceMs: number
  /** Gives on what is held: it is the board's. */
  release(): Uint8Array
  /** Takes the end of the connection; returns the server's words, where what came last were such. */
  end(): string | undefined
  /** Words of the server that end the use of the line before the connection ends. */
  readonly said?: string | undefined
}
