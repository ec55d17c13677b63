import { isBefore, type Seen } from '../seen.ts'
import type { Sighting } from '../../signatures/sighting.ts'

/** The moment at which the FF-A driver spoke to whoever answers FF-A calls. */
export interface FirstTalk {
  by: 'ffa_init' | 'probe of arm-ffa' | 'driver'
  /** The line nearest to it. */
  line: Sighting
  evidence: Sighting[]
  built: 'built-in' | 'module' | undefined
}

/** When the driver first talked, by its first word, its initcall or the probe of its device; undefined where none shows it. */
export function firstTalk(seen: Seen): FirstTalk | undefined {
  const calling = seen.first('initcall.calling', { function: 'ffa_init' })
  const module = calling && (calling.match.groups['module'] ? 'module' : 'built-in')
  // The first driver, of 5.14 and 5.15, does not say its own version.
  const word = seen.first('ffa.driver-version') ?? seen.first('ffa.firmware-version')
  const probes = seen.all('probe.returned', { device: 'arm-ffa' })
  if (probes.length > 0) {
    // 517 is EPROBE_DEFER: the probe gave up before its first call because pKVM was not there yet.
    const worked = probes.find(({ match }) => Math.abs(Number(match.groups['rc'])) !== 517)
    if (!worked) return undefined
    const deferred = probes.filter((line) => isBefore(line, worked))
    const evidence = [...deferred, word, worked].filter((line) => line !== undefined)
    return { by: 'probe of arm-ffa', line: word ?? worked, evidence, built: module }
  }
  const line = word ?? calling
  if (!line) return undefined
  const returned = seen.first('initcall.returned', { function: 'ffa_init' })
  const evidence = [calling, word, returned].filter((each) => each !== undefined)
  return { by: calling ? 'ffa_init' : 'driver', line, evidence, built: module }
}
