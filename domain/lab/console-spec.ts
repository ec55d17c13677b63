/** How a UART is reached. `vanishes`: it goes with the board's power, as an on-board USB serial does, and comes back with it. */
export type ConsoleSpec = { vanishes?: boolean } & (
  | /**
     * A console server: ser2net or any other. `telnet` is RFC 854 with RFC 2217; `raw` is bytes and nothing else. The server
     * is asked for a speed only where one is given, and only by `telnet`.
     */
    { kind: 'tcp'; address: string; port: number; protocol: 'telnet' | 'raw'; speed?: number; via?: string }
    /** conserver, by its `console` program's protocol. */
  | { kind: 'conserver'; address: string; port: number; console: string; user: string; via?: string }
  /** A tty of the host `here`. */
  | { kind: 'tty'; path: string; speed: number }
  /** A tty of another host, or a command there whose standard input and output are the UART. */
  | { kind: 'ssh'; host: string; tty: string; speed: number }
  | { kind: 'command'; host: string; run: string[] }
)
