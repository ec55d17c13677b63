/** A line of the kernel's log, and when the kernel said it. */
export interface Moment {
  /** The line's number in its console, 1-based. */
  line: number
  /** Kernel clock in seconds; absent where printk put no time on the line. */
  at?: number
}

/** The kernel's own names (init/main.c initcall_level_names, and `console` and `early` beside them); the `_sync` levels run inside their base level, rootfs_initcall inside `fs`. */
export const initcallLevels = [
  'console',
  'early',
  'pure',
  'core',
  'postcore',
  'arch',
  'subsys',
  'fs',
  'device',
  'late',
] as const
export type InitcallLevel = (typeof initcallLevels)[number]

/** One initcall, built in or of a module, as `initcall_debug` shows it. */
export interface Initcall {
  kind: 'initcall'
  /** The function. */
  name: string
  module?: string
  /** The level that ran when it was called; absent before Linux 6.18, which names no levels, and for modules. */
  level?: InitcallLevel
  /** The thread that ran it: 1 for all that is built in. */
  pid?: number
  /** Absent where the log begins after it. */
  called?: Moment
  /** Absent where it never came back, as far as the log goes. */
  returned?: Moment
  /** What it returned: 0 or a negative errno. */
  value?: number
  usecs?: number
}

/** One attempt of a driver to take a device, as `initcall_debug` shows it. */
export interface DriverProbe {
  kind: 'probe'
  /** The device. */
  name: string
  /** Named since Linux 7.x. */
  driver?: string
  /** The level that ran then, as for an initcall. */
  level?: InitcallLevel
  returned: Moment
  /** 0; the positive errno of the driver's own probe; or the negative one for which the driver core never called it. */
  value: number
  usecs: number
}

/** Initcalls in the order in which they were called, probes where they came back. */
export type TimelineEntry = Initcall | DriverProbe
