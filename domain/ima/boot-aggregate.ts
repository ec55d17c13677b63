import { isEqual, isFilled } from '../bytes/bytes.ts'
import { bankNamed, banks, digest } from '../digest/bank.ts'
import { bankAlias, type Pcrs } from '../tcg/pcrs.ts'
import { isBootAggregate, measuredDigest, nameOf, type Measurement, type MeasurementList } from './measurement.ts'

/**
 * Which PCRs a boot_aggregate is over: 0 to 7, and 0 to 9 in every bank but SHA-1's (security/integrity/ima/ima_crypto.c
 * ima_calc_boot_aggregate_tfm() of 6.12 to 7.3; 0 to 7 in every bank before 5.8).
 */
export type AggregateRule = '0-7' | '0-9'

/** A boot_aggregate that the PCRs of a bank give. */
export interface Aggregate {
  bank: string
  rule: AggregateRule
  digest: Uint8Array
}

/**
 * The bank that a boot_aggregate is over: that of its digest's algorithm (ima_calc_boot_aggregate() since 5.8, which takes
 * the bank of `ima_hash=` and names what it took; before, SHA-1 always), or of its size in the template that names none.
 * Undefined for an algorithm of which we know no bank.
 */
export function aggregateBank(measurement: Measurement): string | undefined {
  const measured = measuredDigest(measurement)
  if (!measured) return undefined
  if (measured.algorithm !== undefined) return bankNamed(bankAlias(measured.algorithm))?.name
  return banks.find(({ size }) => size === measured.digest.length)?.name
}

/** The PCRs of its bank that a boot_aggregate is over by the rule of today's kernels and that were not read. */
export function pcrsNotRead(bank: string, pcrs: Pcrs): number[] {
  const values = pcrs.get(bank)
  return pcrsOf(rulesOf(bank)[0]).filter((pcr) => !values?.has(pcr))
}

/** The boot_aggregates that the PCRs of a bank give: by both rules, the one of today's kernels first. */
export function bootAggregates(pcrs: Pcrs, bank: string): Aggregate[] {
  const values = pcrs.get(bank)
  if (!values) return []
  return rulesOf(bank).flatMap((rule) => {
    const parts = pcrsOf(rule).map((pcr) => values.get(pcr))
    const value = parts.every((part) => part !== undefined) ? digest(bank, ...parts) : undefined
    return value ? [{ bank, rule, digest: value }] : []
  })
}

/**
 * What a boot_aggregate says by itself. `zero`: IMA had no TPM (bypass) or no bank that it can use; `unmeasured`: the TPM
 * worked and PCRs 0 to 9 were zero, so that firmware measured nothing; `measured`: to be held against the PCRs.
 */
export type AggregateKind = 'zero' | 'unmeasured' | 'measured'

/** The kind of a boot_aggregate's digest; undefined for an entry that is none. */
export function aggregateKind(measurement: Measurement): AggregateKind | undefined {
  const measured = isBootAggregate(measurement) ? measuredDigest(measurement) : undefined
  if (!measured) return undefined
  if (isFilled(measured.digest, 0)) return 'zero'
  const size = measured.digest.length
  const untouched = banks.some(({ name, size: bankSize }) => {
    if (bankSize !== size) return false
    return rulesOf(name).some((rule) => {
      const value = digest(name, new Uint8Array(size * (rule === '0-7' ? 8 : 10)))
      return value !== undefined && isEqual(value, measured.digest)
    })
  })
  return untouched ? 'unmeasured' : 'measured'
}

/** The boot_aggregate that the PCRs of its bank give and the list has; undefined when they give none like it. */
export function matchingAggregate(measurement: Measurement, pcrs: Pcrs): Aggregate | undefined {
  const measured = measuredDigest(measurement)
  const bank = aggregateBank(measurement)
  if (!measured || bank === undefined) return undefined
  return bootAggregates(pcrs, bank).find(({ digest: value }) => isEqual(value, measured.digest))
}

/** All entries that IMA wrote when it started: one for each kernel that the list went through by kexec, the last of this kernel. */
export function bootAggregatesOf({ entries }: MeasurementList): Measurement[] {
  return entries.filter(isBootAggregate)
}

/** Whether IMA started late (7.3, IMA_INIT_LATE_SYNC): its entry is named `boot_aggregate_late`, which verifiers may not know. */
export function isLate(measurement: Measurement): boolean {
  return nameOf(measurement) === 'boot_aggregate_late'
}

function rulesOf(bank: string): readonly [AggregateRule, AggregateRule] {
  return bank === 'sha1' ? ['0-7', '0-9'] : ['0-9', '0-7']
}

function pcrsOf(rule: AggregateRule): number[] {
  return Array.from({ length: rule === '0-7' ? 8 : 10 }, (_, pcr) => pcr)
}
