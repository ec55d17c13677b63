import snmp from 'net-snmp'
import { LabError } from '../../../domain/errors.ts'
import { logIn, snmpTimeoutMs, type SnmpLogin, type SnmpPdu } from './snmp-session.ts'
import type { Outlet, OutletState } from './power.ts'
import { snmpProfiles } from './snmp-profiles.ts'

/**
 * An outlet that is switched and read by SNMP (RFC 1157, 3416, 3414).
 * @param outlet as the profile's OIDs have it
 * @throws LabError PlaceBroken when there is no such profile
 */
export function snmpOutlet(pdu: SnmpPdu, outlet: string): Outlet {
  const profile = typeof pdu.profile === 'string' ? snmpProfiles[pdu.profile] : pdu.profile
  if (profile === undefined)
    throw new LabError(
      'PlaceBroken',
      `PDU ${pdu.name} (${pdu.at}) has a profile that nobody knows: ${JSON.stringify(pdu.profile)}.`,
    )
  const oid = (pattern: string): string => pattern.replaceAll('{outlet}', outlet).replace(/^\./, '')
  return {
    readsBack: true,
    async set(to, signal) {
      const object = oid(typeof profile.set === 'string' ? profile.set : profile.set[to])
      const varbind = { oid: object, type: snmp.ObjectType.Integer, value: profile[to] }
      await ask(pdu, signal, (session, done) => session.set([varbind], done))
    },
    async state(signal) {
      const value = await ask(pdu, signal, (session, done) => session.get([oid(profile.get)], done))
      return stateOf(value)
    },
  }

  function stateOf(value: number): OutletState {
    if (profile?.readsOn.includes(value)) return 'on'
    if (profile?.readsOff.includes(value)) return 'off'
    throw new LabError('PlaceBroken', `PDU ${pdu.name} says ${value} of outlet ${outlet}, which is neither on nor off.`)
  }
}

type Answer = Parameters<snmp.Session['set']>[1]

async function ask(
  pdu: SnmpPdu,
  signal: AbortSignal,
  request: (session: snmp.Session, done: Answer) => void,
): Promise<number> {
  const login = await logIn(pdu, signal)
  signal.throwIfAborted()
  const session = login.open()
  const abort = (): void => void session.close()
  signal.addEventListener('abort', abort, { once: true })
  try {
    const varbind = await new Promise<snmp.Varbind>((resolve, reject) => {
      session.on('error', reject)
      request(session, (error, varbinds) => {
        if (error) reject(error)
        else resolve(varbinds?.[0] ?? { oid: '', type: snmp.ObjectType.Null })
      })
    })
    return numberOf(varbind, pdu, login)
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof LabError ? error : broken(pdu, login, error as Error)
  } finally {
    signal.removeEventListener('abort', abort)
    if (!signal.aborted) session.close()
  }
}

function numberOf(varbind: snmp.Varbind, pdu: SnmpPdu, login: SnmpLogin): number {
  // v2c answers a question about what is not there, and calls that no error.
  if (snmp.isVarbindError(varbind))
    throw new LabError('PlaceBroken', `PDU ${pdu.name} refused: ${login.hide(snmp.varbindError(varbind))}.`)
  if (typeof varbind.value === 'number') return varbind.value
  const said = login.hide(String(varbind.value))
  throw new LabError(
    'PlaceBroken',
    `PDU ${pdu.name} answered ${JSON.stringify(said)} for ${varbind.oid}, not a number.`,
  )
}

function broken(pdu: SnmpPdu, login: SnmpLogin, error: Error): LabError {
  const whom = `PDU ${pdu.name} (${pdu.address}:${pdu.port})`
  if (error.name === 'RequestTimedOutError')
    return new LabError(
      'PlaceBroken',
      `${whom} gave no answer in ${snmpTimeoutMs / 1000} s: it is off or away, or it does not know who asks (an agent is silent about a wrong community).`,
      { retryable: true },
    )
  if ((error as NodeJS.ErrnoException).code === 'ERR_OSSL_EVP_UNSUPPORTED')
    return new LabError(
      'PlaceBroken',
      `${whom} is to be spoken to by DES, which OpenSSL 3 has no more: have it use AES.`,
    )
  const refused = error instanceof snmp.RequestFailedError || error instanceof snmp.ResponseInvalidError
  // The cause stays away: it holds the message, and that the community.
  return new LabError(
    'PlaceBroken',
    `${whom} ${refused ? 'refused' : 'cannot be asked'}: ${login.hide(error.message)}.`,
    {
      retryable: !refused,
    },
  )
}
