import { fromHex } from '../bytes/bytes.ts'
import { isShellPrompt } from '../console/shell-prompt.ts'
import { unquoted } from '../console/unquoted.ts'
import { bankNamed, banks } from '../digest/bank.ts'
import { bankAlias, pcrPath, setPcr, type Pcrs } from './pcrs.ts'

/** What a line of a text with PCR values is: a value, the name of a bank or PCR that goes before values, or neither. */
export type PcrLine = 'value' | 'head' | 'other'

/** As tpm2_eventlog prints what it computes, `10 : 0x3d45...` (tpm2-tools lib/tpm2_eventlog_yaml.c); tpm2_pcrread has no blank before the colon of 10, and capitals. */
const computedForm = /^\s*(?:\d {2}|\d\d ): 0x[0-9a-f]+\s*$/

/** Reads PCR values out of a text, line by line. */
export class PcrText {
  /** What a TPM was asked for. */
  readonly read: Pcrs = new Map()
  /** What tpm2_eventlog makes of the firmware's log; no TPM took part. */
  readonly computed: Pcrs = new Map()
  #named: string | undefined
  /** Behind the head of a table of `systemd-analyze pcrs`. */
  #tabled = false
  /** Behind `pcrs:`. */
  #underPcrs = false
  #alone: { bank: string; pcr: number } | undefined

  /** Takes the next line, without its line end. */
  line(line: string): PcrLine {
    if (line.trim() === '') return 'other'
    const file = this.#alone
    const only = /^(?:==> )?(\S*pcr-[a-z0-9_-]+\/\d{1,2})(?: <==|:)?\s*$/i.exec(line)?.[1]
    this.#alone = only === undefined ? undefined : pcrPath(only)
    const content = file && fromHex(line.trim().replace(/^0x/i, ''))
    if (content && bankNamed(file.bank)?.size === content.length) return this.#set(file.bank, file.pcr, content, false)
    if (this.#alone) return 'head'
    return this.#head(line) ? 'head' : this.#value(line)
  }

  #head(line: string): boolean {
    const header = /^\s*["']?([a-z0-9_-]+)["']?\s*:\s*$/i.exec(line)?.[1]
    const column = /^NR +NAME +(\w+) *$/.exec(line)?.[1]
    const name = header ?? column
    if (name === undefined) return false
    if (column !== undefined) this.#tabled = true
    this.#named = bankNamed(bankAlias(name))?.name
    if (this.#named === undefined) this.#underPcrs = name === 'pcrs'
    return this.#named !== undefined || this.#underPcrs
  }

  #value(line: string): PcrLine {
    const path = /^(\S*pcr-[a-z0-9_-]+\/\d{1,2})\s*[:=\s]\s*(?:0x)?([0-9a-f]+)\s*$/i.exec(line)
    const place = path?.[1] === undefined ? undefined : pcrPath(path[1])
    const value = fromHex(path?.[2] ?? '')
    if (place && value) return this.#set(place.bank, place.pcr, value, false)
    const match =
      (this.#tabled ? /^ *(\d{1,2}) +\S+ +([0-9a-f]{40,128}) *$/.exec(line) : null) ??
      /^\s*(?:PCR-)?(\d{1,2})\s*:\s*((?:0x)?[0-9a-f]{2}(?:\s?[0-9a-f]{2})+)\s*$/i.exec(line)
    const digest = fromHex((match?.[2] ?? '').replace(/^0x/i, '').replaceAll(/\s/g, ''))
    const bank = this.#named ?? banks.find(({ size }) => size === digest?.length)?.name
    if (!digest || bank === undefined || !match?.[1] || bankNamed(bank)?.size !== digest.length) return 'other'
    // tpm2_quote has its values under `pcrs:` too, in capitals: a TPM signed those.
    const isComputed = computedForm.test(line) || (this.#underPcrs && /0x[^A-F]*[a-f][^A-F]*$/.test(line))
    return this.#set(bank, Number(match[1]), digest, isComputed)
  }

  #set(bank: string, pcr: number, value: Uint8Array, isComputed: boolean): 'value' {
    setPcr(isComputed ? this.computed : this.read, bank, pcr, value)
    return 'value'
  }
}

/**
 * Reads PCR values from text of several kinds: `tpm2_pcrread` and `tpm2_quote` (`sha256:` and then `  0 : 0x...`),
 * `grep . /sys/class/tpm/tpm0/pcr-*` (`.../pcr-sha256/0:...`), `head` of several of them (`==> .../pcr-sha256/0 <==` and
 * then the value), the `PCR-00: 3F 1B ...` of a TPM 1.2 in sysfs, the table of `systemd-analyze pcrs`
 * (src/analyze/analyze-pcrs.c). It may be quoted in a mail. Nobody read what tpm2_eventlog prints behind `pcrs:`: it
 * computes that from a log, as IBM's TSS does what it prints as `PCR 00: ...` (-sim), which is passed over. A value
 * without a bank's name before it is put into the bank of its size. What is no such line is passed over; of text without
 * any the result is empty.
 */
export function parsePcrText(text: string): PcrText {
  const reader = new PcrText()
  for (const line of unquoted(text.split(/\r?\n/))) reader.line(line)
  return reader
}

/** The values that were read from a TPM, as `parsePcrText` finds them. */
export function parsePcrs(text: string): Pcrs {
  return parsePcrText(text).read
}

/** Whether PCR values are what a text is about: most of its lines that say anything. A log may quote some. */
export function isPcrText(text: string): boolean {
  const reader = new PcrText()
  let [values, others] = [0, 0]
  for (const line of unquoted(text.split(/\r?\n/))) {
    const kind = reader.line(line)
    if (kind === 'value') values++
    else if (kind === 'other' && !/^\s*(?:\w+\s*:\s*)?$/.test(line) && !isShellPrompt(line)) others++
  }
  return values > 0 && values >= others
}
