/** PCR values by bank and number, e.g. `pcrs.get('sha256')?.get(10)`. */
export type Pcrs = Map<string, Map<number, Uint8Array>>

/** Adds a value; the last one of a bank and number stays. */
export function setPcr(pcrs: Pcrs, bank: string, pcr: number, value: Uint8Array): void {
  const same = pcrs.get(bank)
  if (same) same.set(pcr, value)
  else pcrs.set(bank, new Map([[pcr, value]]))
}

/** How many values there are, in all banks. */
export function pcrCount(pcrs: Pcrs): number {
  return [...pcrs.values()].reduce((sum, { size }) => sum + size, 0)
}

/** The bank and number in a path of sysfs, `/sys/class/tpm/tpm0/pcr-sha256/10` (drivers/char/tpm/tpm-sysfs.c); undefined for other paths. */
export function pcrPath(path: string): { bank: string; pcr: number } | undefined {
  const match = /(?:^|\/)pcr-([a-z0-9_-]+)\/(\d{1,2})$/.exec(path)
  return match?.[1] && match[2] ? { bank: bankAlias(match[1]), pcr: Number(match[2]) } : undefined
}

/** The name of a bank as Linux has it today: tpm2-tools and older kernels do not write every name alike. */
export function bankAlias(name: string): string {
  const plain = name.toLowerCase().replaceAll('_', '-')
  return plain === 'sm3-256' ? 'sm3' : plain
}
