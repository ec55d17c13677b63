import { parseDuration, durationPattern } from '../../yaml/quantity.ts'
import { entriesAt, valueAt } from '../../yaml/value-at.ts'
import type { Path } from '../../yaml/yaml-text.ts'
import { checkMeaning, type Checked } from './check.ts'

/** Classes: a board has a boot loader, an FVP a model. */
export function checkClasses(checked: Checked): void {
  const { yaml, complain } = checked
  for (const { key: name, path } of entriesAt(yaml.value, ['classes'])) {
    const kind = valueAt(yaml.value, [...path, 'kind'])
    if (kind === 'board') {
      checkMeaning(checked, path, ['model'], 'a board')
      if (valueAt(yaml.value, [...path, 'loader']) === undefined) {
        const hint = 'add loader: u-boot or uefi, or loader: self where it starts by itself what the medium holds'
        complain(path, `${name} does not say how a kernel is started on it`, hint, 'key')
      }
    }
    if (kind === 'fvp') checkMeaning(checked, path, ['loader'], 'an FVP')
    checkLimits(checked, [...path, 'limits'])
  }
}

/** Limits that are zero would call every place dead, or off. */
export function checkLimits({ yaml, complain }: Checked, path: Path): void {
  for (const key of ['first-byte', 'off-silence']) {
    const text = valueAt(yaml.value, [...path, key])
    if (typeof text !== 'string' || !durationPattern.test(text) || parseDuration(text) > 0) continue
    complain([...path, key], `no place keeps ${key}: ${text}`, 'give it some seconds, e.g. 10 s')
  }
}
