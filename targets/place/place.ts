import type { Inventory, LabPlace } from '../../domain/lab/inventory.ts'
import type { ConsoleLine } from '../board/console/console-source.ts'
import type { Flashed } from '../board/flash/flash.ts'
import type { PowerSwitch } from '../board/power/power.ts'
import type { NoteLab } from '../lab-log.ts'
import type { PowerUp } from '../powered.ts'
import type { TargetFiles, TargetOrder } from '../target-order.ts'

/** What is needed to work on a place. */
export interface PlaceOrder {
  inventory: Inventory
  place: LabPlace
  /** Where this host keeps what it must remember of labs: when an outlet was switched, who is at a PDU. */
  folder: string
  /** The attempt that works there, or who else: what it puts there bears this name. */
  attempt: string
  /** Asked before anything is switched or written. @throws LabError StaleFence when the place is somebody else's */
  mayCommand: () => Promise<void>
  /** Takes what the lab does and says; absent where no attempt keeps it. */
  note?: NoteLab
}

/** A place as one holder of its lease works on it. Every method throws LabError PlaceBroken in the lab's own words. */
export interface OpenPlace {
  /** Its switch; absent where nothing but a program is switched. */
  readonly power?: PowerSwitch
  /** Attaches to one of its consoles. @throws LabError NotFound when it has no such console */
  console(name: string, signal: AbortSignal): Promise<ConsoleLine>
  /** Switches it off; resolves when it is off, as the outlet says or its silence. */
  off(signal: AbortSignal): Promise<void>
  /** Puts onto it what it boots; it is off. @param cmdline the cell's own */
  flash(files: TargetFiles, cmdline: string, signal: AbortSignal): Promise<Flashed>
  /**
   * Has its boot loader start what was flashed, once it runs, and resolves with what firmware did instead, if anything; undefined
   * where it starts that by itself.
   */
  startLoader?(
    cmdline: string,
    flashed: Flashed,
  ): ((console: ConsoleLine, signal: AbortSignal) => Promise<string | undefined>) | undefined
  /** How it is powered up for an attempt. */
  powerUp(order: TargetOrder, flashed: Flashed): PowerUp
  /** Takes back what was put there for one attempt alone. */
  clear(signal: AbortSignal): Promise<void>
  /** Lets go of all connections. */
  close(): Promise<void>
}
