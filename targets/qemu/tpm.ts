import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TpmSetup } from '../../domain/machine-setup.ts'
import { keptFile } from '../kept-files.ts'
import { dumpDsdt } from './acpi-dump.ts'
import { dsdtWithTpm, tpm2Table } from './acpi-tables.ts'
import { machineBelow, type MachineOrder, type MachineTpm } from './machine.ts'
import { makeTpm, startSwtpm, type Swtpm } from '../swtpm.ts'

/** A TPM that is powered on, and how QEMU is told of it. */
export interface TpmPart {
  swtpm: Swtpm
  acpiTables: MachineTpm['acpiTables']
}

/**
 * Makes everything that a machine's TPM needs, in the attempt's folder, and powers the TPM on.
 * @throws LabError TargetBroken when swtpm or QEMU do not do it; the signal's reason when aborted
 */
export async function startTpm(
  folder: string,
  order: MachineOrder,
  setup: TpmSetup,
  signal: AbortSignal,
): Promise<TpmPart> {
  const [made, written] = await Promise.allSettled([
    makeTpm(folder, setup.banks, signal),
    writeTables(folder, order, setup, signal),
  ])
  if (made.status === 'rejected') throw made.reason
  if (written.status === 'rejected') throw written.reason
  return { swtpm: startSwtpm(folder, 'control'), acpiTables: written.value }
}

async function writeTables(
  folder: string,
  order: MachineOrder,
  { partition }: TpmSetup,
  signal: AbortSignal,
): Promise<MachineTpm['acpiTables']> {
  // Nothing but EDK2 hands them on.
  if (order.setup.boot !== 'efi') return {}
  const dsdt = await dumpDsdt(machineBelow(order), join(folder, 'qemu.log'), signal)
  const bytes = { TPM2: tpm2Table(partition), DSDT: dsdtWithTpm(dsdt) }
  const files = Object.entries(bytes).map(async ([signature, table]) => {
    const path = keptFile(folder, `acpi/${signature}`)
    await writeFile(path, table)
    return [signature, path] as const
  })
  return Object.fromEntries(await Promise.all(files))
}
