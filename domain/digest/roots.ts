/** The first primes. */
export function primes(count: number): number[] {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n)
  return found
}

/** The first `bits` bits of the fractional part of a number's square root (`power` 2) or cube root (3): the constants of SHA-2 (FIPS 180-4, 4.2 and 5.3). */
export function rootFraction(n: number, power: 2 | 3, bits: number): bigint {
  const scaled = BigInt(n) << BigInt(bits * power)
  // The integer root, bit by bit: primes in question are below 512, so that the whole part has at most 5 bits.
  let root = 0n
  for (let bit = BigInt(bits + 5); bit >= 0n; bit--) {
    const tried = root | (1n << bit)
    if (tried ** BigInt(power) <= scaled) root = tried
  }
  return BigInt.asUintN(bits, root)
}
