import type { Duplex } from 'node:stream'
import { ConserverCodec } from '../../../domain/console/conserver-codec.ts'
import { conserverInterjections, Interjections } from '../../../domain/console/interjections.ts'
import type { ConsoleSpec } from '../../../domain/lab/console-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { attach } from './attach.ts'
import { ConsoleFault, nameOfServer, sentence, type ConsoleFaultKind } from './console-fault.ts'
import type { ConsoleLine, ConsoleServer, ConsoleSource } from './console-source.ts'
import { ConserverTalk } from './conserver-talk.ts'
import { watchDown } from './conserver-watch.ts'

type ConserverSpec = Extract<ConsoleSpec, { kind: 'conserver' }>

/** One server may send us to another, but not round in a circle. */
const mostServers = 4
/** The break is the first of those that conserver knows; how long it lasts is in its own configuration. */
const sendFirstBreak = 'l0'

/**
 * A console of conserver, in the protocol of its `console` program (the file PROTOCOL of its documentation): the master says
 * at which port the console's process listens, that one attaches us for reading and writing. Its users must be trusted:
 * no password is sent. It must not require encryption, which Debian's server does unless told `sslrequired no`.
 */
export function conserverConsole(spec: ConserverSpec, link?: HostLink): ConsoleSource {
  const via = link === undefined ? {} : { via: link.name }
  const server: ConsoleServer = { address: spec.address, port: spec.port, ...via }
  return { server, open: async (signal) => await open(spec, server, link, signal) }
}

async function open(
  spec: ConserverSpec,
  master: ConsoleServer,
  link: HostLink | undefined,
  signal: AbortSignal,
): Promise<ConsoleLine> {
  const server = await findConsole(spec, master, link, signal)
  const talk = await ConserverTalk.start(server, link, signal)
  try {
    await talk.logIn(spec.user)
    const isDown = await talk.isDown(spec.console)
    const state = await talk.ask(`call ${spec.console}`)
    if (state !== '[attached]') throw talk.fault(kindOfState(state), `${spec.console}: ${state}`)
    await talk.changeEscape()
    if (isDown) await talk.bringUp(spec.console)
    await talk.connect()
  } catch (error) {
    talk.connection.destroy()
    throw error
  }
  return await attachConsole(talk.connection, spec, server, link, signal)
}

/** Asks master after master at which address the console's own process listens. */
async function findConsole(
  spec: ConserverSpec,
  master: ConsoleServer,
  link: HostLink | undefined,
  signal: AbortSignal,
): Promise<ConsoleServer> {
  let server = master
  for (let asked = 0; asked < mostServers; asked++) {
    const talk = await ConserverTalk.start(server, link, signal)
    try {
      await talk.logIn(spec.user)
      const answer = await talk.ask(`call ${spec.console}`)
      if (/^\d+$/.test(answer)) return { ...server, port: Number(answer) }
      if (!answer.startsWith('@')) throw talk.fault('other', answer)
      server = { ...server, address: answer.slice(1) }
    } finally {
      talk.connection.destroy()
    }
  }
  throw new ConsoleFault(
    'other',
    `${sentence(nameOfServer(master))} sends us from server to server for ${spec.console}.`,
  )
}

async function attachConsole(
  connection: Duplex,
  spec: ConserverSpec,
  server: ConsoleServer,
  link: HostLink | undefined,
  signal: AbortSignal,
): Promise<ConsoleLine> {
  // To be told to stop, to suspend or to run a program makes no sense to us, except that it means: you have it no more.
  const codec = new ConserverCodec((letter) =>
    connection.destroy(new Error(`it took the console away, order ${letter}`)),
  )
  const over = new AbortController()
  let sawDown = false
  const watching = watchDown(spec, server, link, over.signal).then((isDown) => {
    sawDown = isDown
    if (isDown) connection.destroy()
  })
  const way = {
    who: `the console ${spec.console} of ${nameOfServer(server)}`,
    server,
    filter: new Interjections(conserverInterjections),
    settleMs: 0,
    decode: (chunk: Uint8Array) => codec.decode(chunk),
    encode: (bytes: Uint8Array) => codec.encode(bytes),
    // Its length is conserver's.
    sendBreak: () => {
      if (connection.writable) connection.write(codec.order(sendFirstBreak, '[halt sent]\r\n'))
      return Promise.resolve()
    },
    whyEnded: () => Promise.resolve(sawDown ? 'conserver says that the console is down' : undefined),
    release: async () => {
      over.abort()
      await watching
    },
  }
  return await attach(connection, way, signal)
}

function kindOfState(state: string): ConsoleFaultKind {
  if (state === '[spy]' || state.includes('initializing')) return 'in-use'
  return state.includes('down') ? 'no-device' : 'other'
}
