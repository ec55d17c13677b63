/** A source tree that is ready to build from. Nobody writes into it: builds use O= folders or copies. */
export interface SourceTree {
  folder: string
  /**
   * What decides the tree's bytes: sha256 of the tarball, or commit id, or hash of a local tree, and the sha256 of each
   * patch in order.
   */
  identity: { source: string; patches: string[] }
  /** For people: which of the locations it came from. */
  from: string
  /** Seconds since 1970 that stand for the tree, for KBUILD_BUILD_TIMESTAMP and SOURCE_DATE_EPOCH. */
  epoch: number
}
