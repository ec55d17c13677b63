import { entriesAt, valueAt } from '../../yaml/value-at.ts'
import type { Path } from '../../yaml/yaml-text.ts'
import { checkOneOf, type Checked } from './check.ts'

const ways = ['env', 'file', 'command'] as const
const hint = 'say where it is: { env: NAME }, { file: PATH } of mode 0600 or { command: [...] }'

/** Secrets: each is somewhere else, and none stands in the file. No message shows what was written. */
export function checkSecrets(checked: Checked): void {
  const { yaml, complain } = checked
  const root = yaml.value
  for (const { path } of entriesAt(root, ['pdus'])) {
    const community: Path = [...path, 'snmp', 'community']
    const text = valueAt(root, [...community, 'text'])
    if (typeof text === 'string' && text !== 'public' && text !== 'private') {
      const why = 'a secret stands in the file; only the words public and private are none'
      complain([...community, 'text'], why, hint)
    }
    checkOneOf(checked, community, [...ways, 'text'], [], 'the community is nowhere')
    for (const key of ['auth', 'privacy']) {
      checkOneOf(checked, [...path, 'snmp', key, 'key'], ways, [], `the key of ${key} is nowhere`)
    }
    checkOneOf(checked, [...path, 'http', 'login', 'password'], ways, [], 'the password is nowhere')
    for (const request of ['on', 'off', 'state']) {
      const at = [...path, 'http', 'profile', request, 'path']
      const query = valueAt(root, at)
      if (typeof query === 'string' && /[?&](pass|passwd|password|pwd|token)=[^&]/i.test(query))
        complain(at, 'a secret stands in the path of a request', 'let it be the password of login')
    }
  }
}
