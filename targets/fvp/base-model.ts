/**
 * What we rely on in FVP_Base_RevC-2xAEMvA: the names of its parameters are those of Arm's Fast Models Reference Guide
 * (100964, "Base Platform"), as TF-A's, Hafnium's and LAVA's command lines use them.
 */

/** The instance that all of a UART's terminals hang on. */
const board = 'bp'

/** The model has four UARTs, each with a terminal; `terminal_N` is PL011 number N. */
export const baseTerminals = ['terminal_0', 'terminal_1', 'terminal_2', 'terminal_3']

/** CPU that `--data` loads through: any sees all of the memory. */
export const loadingCpu = 'cluster0.cpu0'

/** Parameters without which a boot is none of ours. Neither a stack nor a place can change them. */
export const ownParameters: Record<string, string> = {
  // PSCI SYSTEM_OFF ends the program, which is how we see it.
  [`${board}.ve_sysregs.exit_on_shutdown`]: '1',
  ...Object.assign({}, ...baseTerminals.map(ofTerminal)),
}

/** What goes into every command line unless a stack or a place says otherwise. */
export const usualParameters: Record<string, string> = {
  // No window: nobody looks.
  [`${board}.vis.disable_visualisation`]: '1',
}

function ofTerminal(name: string): Record<string, string> {
  const terminal = `${board}.${name}`
  return {
    // 1 opens an xterm with a telnet client of its own, which takes the one connection that a terminal has.
    [`${terminal}.start_telnet`]: '0',
    // Bytes as they are; `telnet` doubles 0xFF and negotiates.
    [`${terminal}.mode`]: 'raw',
    // 1 hides the line that says the terminal's port.
    [`${terminal}.quiet`]: '0',
  }
}
