import { entriesAt, textsAt, valueAt } from '../../yaml/value-at.ts'
import type { Path } from '../../yaml/yaml-text.ts'
import { checkMeaning, checkName, checkOneOf, here, type Checked } from './check.ts'
import { endpointOf } from './endpoint.ts'

const ways = ['telnet', 'raw', 'conserver', 'tty', 'command'] as const

/** Consoles of a place: one way to each, and one on which the normal world speaks. */
export function checkConsoles(checked: Checked, place: Path, name: string, isBoard: boolean): void {
  const { yaml, complain } = checked
  const root = yaml.value
  const consoles = entriesAt(root, [...place, 'consoles'])
  for (const { key, path } of consoles) {
    const way = checkOneOf(
      checked,
      path,
      ways,
      ['speed', 'host', 'via', 'vanishes', 'worlds'],
      `${key} does not say where it is`,
    )
    checkName(checked, 'hosts', [...path, 'host'])
    if (way !== undefined) {
      const overNetwork = way === 'telnet' || way === 'raw' || way === 'conserver'
      const without = overNetwork ? ['host'] : ['via']
      if (way !== 'telnet' && way !== 'tty') without.push('speed')
      checkMeaning(checked, path, without, `a console by ${way}`)
      if (overNetwork) checkServer(checked, path, way)
    }
    const seen = new Set<string>()
    for (const world of textsAt(root, [...path, 'worlds'])) {
      if (seen.has(world.text)) complain(world.path, `${world.text} stands twice in this list`, 'name it once')
      seen.add(world.text)
    }
  }
  // What is no list of worlds is reported as such.
  const worlds = consoles.flatMap(({ path }) => textsAt(root, [...path, 'worlds']).map(({ text }) => text))
  if (isBoard && !worlds.some((world) => !['EL3', 'S-EL2', 'S-EL1'].includes(world))) {
    const message = `on no console of ${name} the normal world speaks`
    complain(place, message, 'add NS to the worlds of the console that the kernel speaks on', 'key')
  }
}

/** The address of a console server, as the host sees it from which it is asked. */
function checkServer(checked: Checked, path: Path, way: 'telnet' | 'raw' | 'conserver'): void {
  const { yaml, complain } = checked
  const root = yaml.value
  const via = [...path, 'via']
  if (valueAt(root, via) === here) complain(via, 'the address is seen from here anyway', 'remove via')
  else checkName(checked, 'hosts', via)
  const at = way === 'conserver' ? [...path, way, 'server'] : [...path, way]
  const server = valueAt(root, at)
  const endpoint = typeof server === 'string' ? endpointOf(server) : undefined
  if (endpoint === undefined) return
  // The name of a host stands for its address, which only the host before it can see.
  const jump = valueAt(root, ['hosts', endpoint.address, 'ssh', 'jump'])
  if (typeof jump === 'string' && valueAt(root, via) === undefined)
    complain(at, `${endpoint.address} is not seen from here, but through ${jump}`, `add via: ${jump}`)
}
