import { LabError } from '../../../domain/errors.ts'
import type { HttpProfile, HttpRequest, PduSpec } from '../../../domain/lab/pdu-spec.ts'
import { hideSecrets, readSecret } from '../../../host/secret.ts'
import type { HttpLogin } from './http-login.ts'
import { httpProfiles } from './http-profiles.ts'
import { askPdu, quote } from './http-request.ts'
import type { Outlet, OutletState } from './power.ts'

type HttpPdu = PduSpec & { kind: 'http' }

/**
 * An outlet that is switched and read by HTTP.
 * @param outlet as the profile's paths have it
 * @throws LabError PlaceBroken when there is no such profile
 */
export function httpOutlet(pdu: HttpPdu, outlet: string): Outlet {
  const profile = typeof pdu.profile === 'string' ? httpProfiles[pdu.profile] : pdu.profile
  const whom = `PDU ${pdu.name}`
  if (profile === undefined)
    throw new LabError(
      'PlaceBroken',
      `${whom} (${pdu.at}) has a profile that nobody knows: ${JSON.stringify(pdu.profile)}.`,
    )

  async function ask(request: HttpRequest, login: HttpLogin | undefined, signal: AbortSignal): Promise<string> {
    const url = new URL(pdu.url.replace(/\/$/, '') + fill(request.path, encodeURIComponent(outlet)))
    const body = request.body === undefined ? {} : { body: fillBody(request.body, outlet) }
    return await askPdu(
      { whom, url, method: request.method, ...body, ...(login && { login, unasked: profile?.unasked === true }) },
      signal,
    )
  }

  return {
    readsBack: true,
    async set(to, signal) {
      await ask(profile[to], await loginOf(pdu, signal), signal)
    },
    async state(signal) {
      const login = await loginOf(pdu, signal)
      const text = await ask(profile.state, login, signal)
      const state = stateIn(text, profile.state, outlet)
      if (state !== undefined) return state
      const said = quote(hideSecrets(text, login ? [login.password] : []))
      throw new LabError('PlaceBroken', `${whom} says neither on nor off of outlet ${outlet}, but ${said}.`)
    },
  }
}

/** What an answer says of an outlet; undefined when it says neither on nor off. */
export function stateIn(
  text: string,
  { json, on, off }: HttpProfile['state'],
  outlet: string,
): OutletState | undefined {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    return undefined
  }
  const value = [json]
    .flat()
    .map((path) => fill(path, outlet).split('.').reduce(memberOf, answer))
    .find((found) => found !== undefined)
  if (on.some((one) => one === value)) return 'on'
  if (off.some((one) => one === value)) return 'off'
  return undefined
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined
}

async function loginOf({ name, login }: HttpPdu, signal: AbortSignal): Promise<HttpLogin | undefined> {
  if (login === undefined) return undefined
  return { user: login.user, password: await readSecret(login.password, `the password of PDU ${name}`, signal) }
}

function fill(text: string, outlet: string): string {
  return text.replaceAll('{outlet}', outlet)
}

/** A value that is the outlet and nothing else is a number where the outlet is one: JSON knows the difference. */
function fillBody(value: unknown, outlet: string): unknown {
  if (value === '{outlet}') return /^\d+$/.test(outlet) ? Number(outlet) : outlet
  if (typeof value === 'string') return fill(value, outlet)
  if (Array.isArray(value)) return value.map((one) => fillBody(one, outlet))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fillBody(one, outlet)]))
}
