/** The functions of a kernel image by address, from its System.map. Addresses are 16 hex digits, which order as numbers do. */
export interface SystemMap {
  addresses: string[]
  names: string[]
  /** First and last address of the image, `_text` and `_end`; empty where the file names none. */
  start: string
  end: string
}

/** Reads a System.map (`nm -n` of vmlinux: address, type, name); lines that are none, and what is no function, are left out. */
export function parseSystemMap(text: string): SystemMap {
  const map: SystemMap = { addresses: [], names: [], start: '', end: '' }
  for (const line of text.split('\n')) {
    const type = line[17]
    const name = line.slice(19)
    if (line[16] !== ' ' || line[18] !== ' ' || name === '') continue
    const address = line.slice(0, 16)
    if (name === '_text') map.start = address
    if (name === '_end') map.end = address
    if (type !== 'T' && type !== 't' && type !== 'W') continue
    const last = map.addresses.length - 1
    if (map.addresses[last] === address) {
      // Of several names for one address, what other files of the kernel call it.
      if (type === 'T' && !name.startsWith('__pi_')) map.names[last] = name
      continue
    }
    // One that is out of order would send the search astray.
    if (last >= 0 && address < (map.addresses[last] ?? '')) continue
    map.addresses.push(address)
    map.names.push(name)
  }
  return map
}

/** A function, and how far behind its first byte an address is. */
export interface Place {
  name: string
  address: bigint
  offset: bigint
}

/** The function around an address of the image; undefined outside the image. */
export function functionAt(map: SystemMap, address: bigint): Place | undefined {
  const wanted = hex(address)
  if (wanted.length !== 16 || wanted < map.start || wanted >= map.end) return undefined
  let [low, high] = [0, map.addresses.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((map.addresses[middle] ?? '') <= wanted) low = middle + 1
    else high = middle
  }
  const [name, start] = [map.names[low - 1], map.addresses[low - 1]]
  if (name === undefined || start === undefined) return undefined
  const first = BigInt(`0x${start}`)
  return { name, address: first, offset: address - first }
}

/** Where a function starts and where the next one does; undefined when there is no such function. */
export function functionRange(map: SystemMap, name: string): { start: bigint; end: bigint } | undefined {
  const index = map.names.indexOf(name)
  const [start, end] = [map.addresses[index], map.addresses[index + 1] ?? map.end]
  if (start === undefined || end === '') return undefined
  return { start: BigInt(`0x${start}`), end: BigInt(`0x${end}`) }
}

function hex(address: bigint): string {
  return address.toString(16).padStart(16, '0')
}
