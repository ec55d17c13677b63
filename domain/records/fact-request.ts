/** What a plan's probes want to be found out on the target. */
export type FactRequest = PathRequest | TpmRequest | EfiRequest

/**
 * A path to be read. A component of `path` may hold `*`; then one record comes for each match, or one with rc -2 when
 * nothing matches. `file` gives the bytes (one character a byte, in parts when it is long), `list` the sorted names of a
 * directory, `link` where a symbolic link points.
 */
export interface PathRequest {
  kind: 'file' | 'list' | 'link'
  /** Absolute; printable ASCII. */
  path: string
  /** At most so many bytes are sent of a file; init's own limit (65,536) when left out. 1 MiB takes some 2,300 records. */
  bytes?: number
}

/** TPM2_GetRandom and TPM2_GetCapability (PCR banks, fixed properties) to a TPM's character device, each as a `tpm-command` record. */
export interface TpmRequest {
  kind: 'tpm'
  /** e.g. `/dev/tpm0`. */
  path: string
}

/**
 * EFI variables through efivarfs, see `EfiVariableBody`. With `write`, a test variable under a GUID of our own is
 * written, read and deleted; without it nothing is changed. Where several are wanted, one that writes wins.
 */
export interface EfiRequest {
  kind: 'efi'
  /** Where efivarfs is mounted: `/sys/firmware/efi/efivars`. */
  path: string
  write: boolean
}
