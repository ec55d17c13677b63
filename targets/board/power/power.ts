/** What an outlet says of itself; `unknown` is not `off`. */
export type OutletState = 'on' | 'off' | 'unknown'

/** Switches one outlet. Each command is sent once: one whose answer was lost may have switched. */
export interface Outlet {
  /**
   * Sends one command; that it was obeyed is for `state` to say.
   * @throws LabError PlaceBroken with the PDU's own words; it is retryable when the answer was lost, so that the command
   *   may have been obeyed, and not retryable when the PDU refused it
   */
  set(to: 'on' | 'off', signal: AbortSignal): Promise<void>
  /** Asks the outlet; `unknown` where the driver cannot ask. @throws LabError PlaceBroken with the PDU's own words */
  state(signal: AbortSignal): Promise<OutletState>
  /** Whether `state` ever says more than `unknown`. */
  readonly readsBack: boolean
}

/** What a command came to. */
export interface Switched {
  /** What the outlet said afterwards; `unread` where it cannot be asked: then only silent consoles tell that it is off. */
  read: 'on' | 'off' | 'unread'
  /** When the command was sent that was obeyed, milliseconds of this host's clock. */
  at: number
  /** One sentence for each surprise. */
  remarks: string[]
}

/**
 * The power of one place, the only way to it. Commands to one PDU go one at a time, from all processes of this host; each
 * is sent once, and again only when the PDU itself says that it was not done. Every method throws LabError PlaceBroken in
 * the PDU's own words, and the signal's reason when aborted; a command that was sent is waited for even then.
 */
export interface PowerSwitch {
  /** On, no sooner than the place and the other outlets of its PDU allow. It is void when an off comes while it waits. */
  on: (signal: AbortSignal) => Promise<Switched>
  /** Off, at once; it counts when it was read back. It waits for a command of ours in flight, which it undoes. */
  off: (signal: AbortSignal) => Promise<Switched>
  /** Off, the shortest time that the place must be off, on. */
  cycle: (signal: AbortSignal) => Promise<Switched>
  state: (signal: AbortSignal) => Promise<OutletState>
}
