import { fromHex } from '../bytes/bytes.ts'
import { bankNamed, banks } from '../digest/bank.ts'

/** PCR values by bank and number, e.g. `pcrs.get('sha256')?.get(10)`. */
export type Pcrs = Map<string, Map<number, Uint8Array>>

/** Adds a value; the last one of a bank and number stays. */
export function setPcr(pcrs: Pcrs, bank: string, pcr: number, value: Uint8Array): void {
  const same = pcrs.get(bank)
  if (same) same.set(pcr, value)
  else pcrs.set(bank, new Map([[pcr, value]]))
}

/** The bank and number in a path of sysfs, `/sys/class/tpm/tpm0/pcr-sha256/10` (drivers/char/tpm/tpm-sysfs.c); undefined for other paths. */
export function pcrPath(path: string): { bank: string; pcr: number } | undefined {
  const match = /(?:^|\/)pcr-([a-z0-9_-]+)\/(\d{1,2})$/.exec(path)
  return match?.[1] && match[2] ? { bank: nameOf(match[1]), pcr: Number(match[2]) } : undefined
}

/**
 * Reads PCR values from text of several kinds, line by line: `tpm2_pcrread` and the `pcrs:` part of `tpm2_eventlog`
 * (`sha256:` and then `  0 : 0x...`), `grep . /sys/class/tpm/tpm0/pcr-*` (`.../pcr-sha256/0:...`), `head` of several of
 * them (`==> .../pcr-sha256/0 <==` and then the value), the `PCR-00: 3F 1B ...` of a TPM 1.2 in sysfs, the table of
 * `systemd-analyze pcrs` (src/analyze/analyze-pcrs.c). What IBM's TSS prints as `PCR 00: ...` is left out: it computed those
 * from a log (-sim), and nobody read them. A value without a bank's name before it is put into the bank of its size. What
 * is no such line is passed over; of text without any the result is empty.
 */
export function parsePcrs(text: string): Pcrs {
  const pcrs: Pcrs = new Map()
  let named: string | undefined
  /** Behind the head of a table of `systemd-analyze pcrs`. */
  let tabled = false
  let alone: { bank: string; pcr: number } | undefined
  for (const line of text.split(/\r?\n/)) {
    if (line === '') continue
    const file = alone
    const only = /^(?:==> )?(\S*pcr-[a-z0-9_-]+\/\d{1,2})(?: <==|:)?\s*$/i.exec(line)?.[1]
    alone = only === undefined ? undefined : pcrPath(only)
    const content = file && fromHex(line.trim().replace(/^0x/i, ''))
    if (content && bankNamed(file.bank)?.size === content.length) {
      setPcr(pcrs, file.bank, file.pcr, content)
      continue
    }
    const header = /^\s*["']?([a-z0-9_-]+)["']?\s*:\s*$/i.exec(line)?.[1]
    if (header !== undefined) {
      named = bankNamed(nameOf(header.toLowerCase()))?.name
      continue
    }
    const path = /^(\S*pcr-[a-z0-9_-]+\/\d{1,2})\s*[:=\s]\s*(?:0x)?([0-9a-f]+)\s*$/i.exec(line)
    const place = path?.[1] === undefined ? undefined : pcrPath(path[1])
    const value = fromHex(path?.[2] ?? '')
    if (place && value) {
      setPcr(pcrs, place.bank, place.pcr, value)
      continue
    }
    const column = /^NR +NAME +(\w+) *$/.exec(line)?.[1]
    if (column !== undefined) {
      named = bankNamed(nameOf(column.toLowerCase()))?.name
      tabled = true
      continue
    }
    const match =
      (tabled ? /^ *(\d{1,2}) +\S+ +([0-9a-f]{40,128}) *$/.exec(line) : null) ??
      /^\s*(?:PCR-)?(\d{1,2})\s*:\s*((?:0x)?[0-9a-f]{2}(?:\s?[0-9a-f]{2})+)\s*$/i.exec(line)
    const digest = fromHex((match?.[2] ?? '').replace(/^0x/i, '').replaceAll(/\s/g, ''))
    const bank = named ?? banks.find(({ size }) => size === digest?.length)?.name
    if (digest && bank !== undefined && match?.[1] && bankNamed(bank)?.size === digest.length)
      setPcr(pcrs, bank, Number(match[1]), digest)
  }
  return pcrs
}

/** tpm2-tools and the kernel do not write every name alike. */
function nameOf(name: string): string {
  const plain = name.replace('_', '-')
  return plain === 'sm3-256' ? 'sm3' : plain
}
