import type { Checked } from './check.ts'
import { labKinds } from './schema.ts'
import { entriesAt, valueAt } from '../yaml/value-at.ts'

/** Keys of a target that say what a QEMU machine has. */
const machineKeys = ['cpu', 'smp', 'memory', 'trace']
/** Keys of a target that choose a place. */
const placeKeys = ['class', 'tags']

/** A target is a machine that is made as the plan says, or a place that a lab has: it has the keys of the one or the other. */
export function checkTargets({ yaml: { value: root }, complain }: Checked): void {
  for (const { key: name, path } of entriesAt(root, ['targets'])) {
    const kind = valueAt(root, [...path, 'kind'])
    const isPlace = labKinds.some((one) => one === kind)
    if (!isPlace && kind !== 'qemu') continue
    const wrong = (isPlace ? machineKeys : placeKeys).filter((key) => valueAt(root, [...path, key]) !== undefined)
    for (const key of wrong) {
      const message = isPlace ? `a place of a lab has its own ${key}` : 'a QEMU machine is no place of a lab'
      const hint = isPlace ? `choose it by class and tags` : `it has ${machineKeys.join(', ')}`
      complain([...path, key], message, hint, 'key')
    }
    if (isPlace && valueAt(root, [...path, 'class']) === undefined) {
      complain(path, `the ${String(kind)} ${name} has no class`, 'e.g. class: rk3588, as the lab names it', 'key')
    }
  }
}
