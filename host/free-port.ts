import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { LabError } from '../domain/errors.ts'

/**
 * Below the ports that Linux gives by itself to whoever connects or asks for any port (net.ipv4.ip_local_port_range,
 * 32768 to 60999 unless set): one of those may be gone a moment later, to a connection of the program that is to have it.
 */
const first = 16_384
const behind = 32_768
const mostTries = 1_000

/**
 * As many different TCP ports of 127.0.0.1 that were free a moment ago; whoever binds them must be ready to lose the race
 * and ask again.
 * @throws LabError TargetBroken when none is found.
 */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>()
  for (let tries = 0; found.size < count; tries++) {
    if (tries === mostTries)
      throw new LabError('TargetBroken', `No TCP port of 127.0.0.1 from ${first} to ${behind - 1} can be listened on.`)
    const port = randomInt(first, behind)
    if (await isFreePort(port)) found.add(port)
  }
  return [...found]
}

/** Whether nobody listens on that TCP port of 127.0.0.1 now. */
export async function isFreePort(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}
