import { isIPv6 } from 'node:net'
import snmp from 'net-snmp'
import type { PduSpec, SnmpAccess } from '../../../domain/lab/pdu-spec.ts'
import { hideSecrets, readSecret } from '../../../host/secret.ts'

/** A PDU that is spoken to by SNMP. */
export type SnmpPdu = PduSpec & { kind: 'snmp' }

/** What is said to the agent, with its secrets; none of it is ever told. */
export interface SnmpLogin {
  open(): snmp.Session
  hide(text: string): string
}

/**
 * How long an agent may take, milliseconds: one that switches a relay, or asks another board for it, is slow. It is asked
 * once, for an agent that was asked again would switch twice.
 */
export const snmpTimeoutMs = 6000

/** Reads the secrets of a PDU's access. @throws what readSecret throws */
export async function logIn(pdu: SnmpPdu, signal: AbortSignal): Promise<SnmpLogin> {
  const { access } = pdu
  const options = {
    port: pdu.port,
    timeout: snmpTimeoutMs,
    retries: 0,
    transport: isIPv6(pdu.address) ? ('udp6' as const) : ('udp4' as const),
  }
  if (access.version === '3') {
    const user = await userOf(pdu.name, access, signal)
    const secrets = [user.authKey ?? '', user.privKey ?? '']
    return {
      open: () => snmp.createV3Session(pdu.address, user, { ...options, version: snmp.Version3 }),
      hide: (text) => hideSecrets(text, secrets),
    }
  }
  const { community } = access
  const text =
    'text' in community ? community.text : await readSecret(community, `the community of PDU ${pdu.name}`, signal)
  const version = access.version === '1' ? snmp.Version1 : snmp.Version2c
  return {
    open: () => snmp.createSession(pdu.address, text, { ...options, version }),
    hide: (said) => ('text' in community ? said : hideSecrets(said, [text])),
  }
}

const authentication = {
  md5: snmp.AuthProtocols.md5,
  sha: snmp.AuthProtocols.sha,
  sha256: snmp.AuthProtocols.sha256,
  sha512: snmp.AuthProtocols.sha512,
}
const privacy = { des: snmp.PrivProtocols.des, aes: snmp.PrivProtocols.aes }

async function userOf(pdu: string, access: SnmpAccess & { version: '3' }, signal: AbortSignal): Promise<snmp.User> {
  const { auth, privacy: private_ } = access
  if (auth === undefined) return { name: access.user, level: snmp.SecurityLevel.noAuthNoPriv }
  const authKey = await readSecret(auth.key, `the authentication key of PDU ${pdu}`, signal)
  const known = { name: access.user, authProtocol: authentication[auth.protocol], authKey }
  if (private_ === undefined) return { ...known, level: snmp.SecurityLevel.authNoPriv }
  const privKey = await readSecret(private_.key, `the privacy key of PDU ${pdu}`, signal)
  return { ...known, level: snmp.SecurityLevel.authPriv, privProtocol: privacy[private_.protocol], privKey }
}
