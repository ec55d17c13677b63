/**
 * What a plan's probes want to be read on the target. A component of `path` may hold `*`; then one record comes for each
 * match, or one with rc -2 when nothing matches. `file` gives the text (one character a byte, in parts when it is long),
 * `list` the sorted names of a directory, `link` where a symbolic link points.
 */
export interface FactRequest {
  kind: 'file' | 'list' | 'link'
  /** Absolute; printable ASCII. */
  path: string
}
