/**
 * What the target's init reports, one JSON object a record. The frame around it is in `frame.ts`.
 * `rc` is 0 or a negative errno as the target saw it (-110 when a fact's time limit ran out).
 * `text` and `names` hold one character for each byte that was read (U+0000..U+00FF), so that no byte is lost; binary files
 * come so too. What does not fit one frame comes as `parts` records of the same path, numbered by `part` from 1;
 * `join-parts.ts` joins them. A file that was longer than its limit is followed by no mark of its own: a `could-not` record
 * whose `what` is its path comes before it.
 * `at` is the kernel's clock (as in the log, seconds since boot) when the thing was begun, `took` how long it took, seconds.
 * `end.records` counts all records, itself included, so it equals its own sequence number.
 */
export type RecordBody =
  | { fact: 'hello'; init: string; release: string; machine: string; channel: string }
  | { fact: 'mount'; what: string; rc: number }
  | { fact: 'module'; name: string; rc: number }
  | { fact: 'file'; path: string; rc: number; text: string; part?: number; parts?: number }
  | { fact: 'list'; path: string; rc: number; names: string[]; part?: number; parts?: number }
  | { fact: 'link'; path: string; rc: number; target: string }
  | FfaCallBody
  | FfaDriverBody
  | FfaPartitionBody
  | TpmCommandBody
  | EfiVariableBody
  | { fact: 'could-not'; what: string; why: string }
  | LogSumsBody
  | LogLineBody
  | { fact: 'end'; records: number }

/**
 * What lines of its log the kernel said on its console by then, told where records share that console: the sums of the lines
 * `from`, `from` + 1, ... of all `lines`, CRC-32 over each without its end, as hex, eight digits a line.
 */
export interface LogSumsBody {
  fact: 'log'
  /** Counted from 0. */
  from: number
  lines: number
  /** Messages that were overwritten in the kernel's buffer before init read it. */
  lost: number
  sums: string
}

/** A line of the kernel's log, given again because it did not come over the console: behind the end, under numbers above its. */
export interface LogLineBody {
  fact: 'log-line'
  /** Counted from 0, as in `log`. */
  line: number
  /** One character for each byte. */
  text: string
}

/** One FF-A call that the probe module made, registers as hex strings x0..x7, or x0..x17 where FF-A 1.2 uses them. */
export interface FfaCallBody {
  fact: 'ffa-call'
  /** e.g. `FFA_ID_GET`. */
  name: string
  /** What was asked, where the name does not say it, e.g. `NPI` or `17b862a4-1806-4faf-86b3-089a58353861`, a partition's UUID. */
  about?: string
  at: number
  request: string[]
  response: string[]
  /** `SUCCESS`, or the FF-A status by name, e.g. `INVALID_PARAMETERS`; `DIRECT_RESP` when a partition answered a message. */
  status: string
  /** The Linux errno for that status: 0, -22, -95, ... */
  errno: number
}

/** One call of the probe module into the kernel's FF-A driver (`struct ffa_ops`, include/linux/arm_ffa.h); the driver does not show registers. */
export interface FfaDriverBody {
  fact: 'ffa-driver'
  /** `api_version_get`, `partition_info_get`, `memory_share` or `memory_reclaim`. */
  op: string
  /** A partition's UUID where it concerns one, else empty. */
  about: string
  at: number
  /** What the driver returned: 0 or a negative errno. */
  errno: number
  /** What came back where it was 0, as hex: the version as FFA_VERSION encodes it, the handle of the memory, the number of partitions. */
  value: string
}

/** A partition as the kernel's FF-A driver registered it on its bus when it started, or as the driver was told of it just now. */
export interface FfaPartitionBody {
  fact: 'ffa-partition'
  /** Name on the bus, e.g. `arm-ffa-1`; `now` for one that `partition_info_get` listed when the probe asked. */
  device: string
  id: number
  uuid: string
  /** Partition properties, DEN0077A table "partition information descriptor": bit 0 receives direct requests, bit 9 DIRECT_REQ2, ... */
  properties: number
}

/** A TPM command that init wrote to a TPM's character device, byte for byte. */
export interface TpmCommandBody {
  fact: 'tpm-command'
  /** e.g. `/dev/tpm0`. */
  device: string
  /** e.g. `TPM2_GetRandom`. */
  command: string
  at: number
  took: number
  /** 0 when an answer came back, whatever it says; -2 without the device. The TPM's own response code stands in `response`. */
  rc: number
  /** Hex digits, two a byte. */
  request: string
  /** Hex digits, two a byte; empty when none came. Bytes 6 to 9 are the response code, big endian (TPM 2.0 part 1, 18.6). */
  response: string
}

/**
 * One step on EFI variables through efivarfs. It is taken twice a boot, before the modules of the cell are loaded and after
 * the probes, so that both clocks can be told apart: `mount`, `list`, `read` of SecureBoot, where it was asked for `write`,
 * `read` and `delete` of a test variable, and `unmount`. Each step is taken whatever became of the one before, but
 * nothing after a mount that failed or a step that ran out of time (-110). efivarfs reads the list when it is mounted
 * (efivarfs_fill_super()), so each clock has a mount of its own.
 */
export interface EfiVariableBody {
  fact: 'efi-variable'
  when: 'before-modules' | 'after-modules'
  step: 'mount' | 'list' | 'read' | 'write' | 'delete' | 'unmount'
  /** The variable's file name, e.g. `SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c`; empty where the step concerns none. */
  name: string
  at: number
  took: number
  /** -19 of `mount`: the kernel has no efivarfs, or there are no EFI runtime services. */
  rc: number
  /** Of `list`: how many variables there are. Their names stand in the `list` record that follows. */
  count?: number
  /** Of `read`: the file's bytes, hex digits, at most 256 bytes: attributes (4 bytes, little endian), then the value. */
  bytes?: string
}

/** A record that arrived whole. */
export interface TargetRecord {
  /** Sequence number given by init, from 1. */
  sequence: number
  body: RecordBody
}
