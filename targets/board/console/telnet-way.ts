import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { BREAK, IAC, TelnetDecoder, telnetData, type TelnetEvent } from '../../../domain/console/telnet-decoder.ts'
import { comPortBreak, comPortSpeed, TelnetOptions } from '../../../domain/console/telnet-options.ts'

/** Telnet on a connection, as the parts of a `Way`. */
export interface TelnetWay {
  decode(chunk: Uint8Array): Uint8Array
  encode(bytes: Uint8Array): Uint8Array
  sendBreak(milliseconds: number): Promise<void>
  begin(): void
}

/**
 * Speaks telnet on a connection: answers options, takes them out of the data, and sends breaks by RFC 2217 where the server
 * knows it, else as the one command of RFC 854, whose length is the server's. No answer is awaited: ser2net 4.3.11 says
 * "break on" to break off, and nothing at all to DTR and RTS.
 * What a server asks is answered only when it has not refused us (`begin`): ser2net 4.3.11 asks, refuses and hangs up in one
 * go. The kernel resets a connection on which an answer comes that nobody reads any longer; the next answer cannot be written
 * then, and Node drops with it what it has not read yet: the refusal.
 * A stream that is damaged ends the connection, because what is data in it cannot be known.
 * @param speed what the server is asked to set, bits a second; it is left as configured where absent
 */
export function telnetWay(connection: Duplex, speed?: number): TelnetWay {
  const options = new TelnetOptions()
  let held: Uint8Array[] | undefined = []
  const send = (bytes: Uint8Array | undefined): void => {
    if (bytes === undefined) return
    if (held !== undefined) held.push(bytes)
    else if (connection.writable) connection.write(bytes)
  }
  const take = (event: TelnetEvent): void => {
    if (event.kind === 'negotiation') {
      const knew = options.knowsComPort
      send(options.answer(event.verb, event.option))
      if (speed !== undefined && !knew && options.knowsComPort) send(comPortSpeed(speed))
    } else if (event.kind === 'overlong')
      connection.destroy(new Error(`its telnet is damaged: a subnegotiation of option ${event.option} has no end`))
  }
  const decoder = new TelnetDecoder(take)
  return {
    decode: (chunk) => decoder.push(chunk),
    encode: telnetData,
    sendBreak: async (milliseconds) => {
      if (!options.knowsComPort) return send(Uint8Array.of(IAC, BREAK))
      send(comPortBreak('on'))
      await delay(milliseconds)
      send(comPortBreak('off'))
    },
    begin: () => {
      const answers = Buffer.concat(held ?? [])
      held = undefined
      if (answers.length > 0) send(answers)
    },
  }
}
