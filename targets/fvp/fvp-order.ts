import type { Model } from '../../domain/lab/inventory.ts'
import type { World } from '../../domain/world.ts'

/** What a stack's recipe says to the model. */
export interface FvpRecipe {
  /** `-C` parameters by name. A value that is the absolute path of a file of this host is that file, wherever the model runs. */
  parameters: Record<string, string>
  /** Files of this host that lie in memory before the first instruction, and their addresses. */
  data: FvpData[]
}

export interface FvpData {
  /** Absolute. */
  file: string
  at: number
}

/** A terminal of the model: one UART. */
export interface FvpTerminal {
  /** The name that the model announces it by, e.g. `terminal_0`. */
  name: string
  worlds: World[]
}

/** What one attempt on a model is made of. */
export interface FvpOrder {
  /** The attempt's own folder, existing; `kept/` is made in it. */
  folder: string
  /** What the lab says of the place's model. */
  model: Model
  recipe: FvpRecipe
  /** Names by which the attempt keeps the recipe's files, by their paths: another host has them in a folder that goes. */
  names?: Record<string, string>
  /** Those that somebody speaks on; what the model announces beside them is read, too. */
  terminals: FvpTerminal[]
  /** Set for a stack with a TPM: the terminal at whose other end it is, and the PCR banks that it has. */
  tpm?: { terminal: string; banks: string[] }
  /** How long the model may take to announce its terminals, seconds; two minutes where it is not said. */
  announcing?: number
}
