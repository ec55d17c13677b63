import { entriesAt, valueAt } from '../../yaml/value-at.ts'
import { checkName, here, type Checked } from './check.ts'

/** Hosts: the name of this machine is taken, and each jump leads to another host and in the end to this one. */
export function checkHosts(checked: Checked): void {
  const { yaml, complain } = checked
  const root = yaml.value
  const jumpOf = (host: string): unknown => valueAt(root, ['hosts', host, 'ssh', 'jump'])
  const told = new Set<string>()
  for (const { key: host, path } of entriesAt(root, ['hosts'])) {
    if (host === here) complain(path, '"here" is always this machine', 'give the other host another name', 'key')
    const jump = [...path, 'ssh', 'jump']
    if (valueAt(root, jump) === here) {
      complain(jump, `${host} is reached from here anyway`, 'remove jump, or name another host')
      continue
    }
    if (!checkName(checked, 'hosts', jump)) continue
    const way = [host]
    for (let next = jumpOf(host); typeof next === 'string'; next = jumpOf(next)) {
      way.push(next)
      // A loop is told once, by the first of its hosts.
      if (next === host && !told.has(host)) {
        complain(jump, `the jumps go in a circle: ${way.join(' -> ')}`, 'let one of them be reached without a jump')
        for (const one of way) told.add(one)
      }
      if (way.indexOf(next) < way.length - 1) break
    }
  }
}
