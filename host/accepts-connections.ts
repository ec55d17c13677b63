import { connect } from 'node:net'

/**
 * Whether somebody takes TCP connections at an address, whatever they speak.
 * @param address `host:port`; an IPv6 host stands in brackets
 * @param patience milliseconds
 */
export async function acceptsConnections(address: string, patience: number): Promise<boolean> {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? []
  if (port === '') return false
  return await new Promise((resolve) => {
    const socket = connect({ host: host.replace(/^\[|\]$/g, ''), port: Number(port), timeout: patience })
    const end = (accepts: boolean) => {
      socket.destroy()
      resolve(accepts)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    // Stays: a socket that is destroyed while it connects may still fail.
    socket.on('error', () => end(false))
  })
}
