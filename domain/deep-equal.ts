/** Whether two values of JSON are the same, whatever the order of the keys; a member that is undefined counts as absent. */
export function isDeepEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [one, other] = [membersOf(a), membersOf(b)]
  return (
    one.size === other.size && [...one].every(([key, value]) => other.has(key) && isDeepEqual(value, other.get(key)))
  )
}

function membersOf(value: object): Map<string, unknown> {
  return new Map(Object.entries(value).filter(([, member]) => member !== undefined))
}
