/** An Arm exception level. */
export type ExceptionLevel = 0 | 1 | 2 | 3

export const smcCallers = ['kernel', 'pKVM', 'EFI runtime', 'boot loader', 'secure world', 'EL3'] as const
/**
 * Who made a call. `boot loader` is what runs in the normal world before the kernel (BL33: EDK2, U-Boot), `EFI runtime`
 * its code that the kernel calls later, `secure world` the SPMC and its partitions.
 */
export type SmcCaller = (typeof smcCallers)[number]

/** One SMC that a core executed, as a tracer outside the machine saw it. */
export interface SmcCall {
  /** Its place in the trace, from 1, in the order in which the calls were made. */
  entry: number
  /** Host time when it was executed: milliseconds since 1970, with decimals, as in the time index of a console. */
  at: number
  /** Number of the core. */
  cpu: number
  /** Where it was executed, and where the exception was taken to. */
  from: ExceptionLevel
  to: ExceptionLevel
  /** Security state of the caller. */
  secure: boolean
  /** Address of the SMC instruction. */
  pc: bigint
  /** The name of the function around `pc`, without offset, where a System.map covers it. */
  symbol?: string
  /** Told from level, world and address, see `name-calls.ts`; absent where they do not tell. */
  caller?: SmcCaller
  /** x0 to x7 when it was executed; x0 is the function id (SMCCC, DEN0028, 2.5). */
  request: readonly bigint[]
  /** x0 to x7 when the caller went on; absent when it never did, or the trace ended before. */
  response?: readonly bigint[]
  /** Host time when the caller went on, as `at`. */
  returned?: number
}
