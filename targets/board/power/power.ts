/** What an outlet says of itself; `unknown` is not `off`. */
export type OutletState = 'on' | 'off' | 'unknown'

/** Switches one outlet. Each command is sent once: one whose answer was lost may have switched. */
export interface Outlet {
  /**
   * Sends one command; that it was obeyed is for `state` to say.
   * @throws LabError PlaceBroken with the PDU's own words
   */
  set(to: 'on' | 'off', signal: AbortSignal): Promise<void>
  /** Asks the outlet; `unknown` where the driver cannot ask. @throws LabError PlaceBroken with the PDU's own words */
  state(signal: AbortSignal): Promise<OutletState>
  /** Whether `state` ever says more than `unknown`. */
  readonly readsBack: boolean
}
