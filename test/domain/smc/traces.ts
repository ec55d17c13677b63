import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SmcCall } from '../../../domain/smc/call.ts'
import { nameCalls } from '../../../domain/smc/name-calls.ts'
import { readSmcTrace } from '../../../domain/smc/read-trace.ts'
import { parseSystemMap, type SystemMap } from '../../../domain/smc/system-map.ts'

const folder = join(import.meta.dirname, '../../fixtures/smc')

/** Boots of 6.18.5 on TF-A 2.12.1 and OP-TEE 4.10.0 whose traces are stored, recorded by our plugin on QEMU 10.0.2. */
export const traced = {
  builtinPkvm: 'linux-6.18.5-ffa-builtin-pkvm',
  modulePkvm: 'linux-6.18.5-ffa-module-pkvm',
  builtinNvhe: 'linux-6.18.5-ffa-builtin-nvhe',
  /** With EDK2 2025.02 as BL33, which keeps EFI variables behind FF-A. */
  full: 'linux-6.18.5-full-pkvm',
} as const

export function rawTrace(boot: string): Uint8Array {
  return readFileSync(join(folder, `${boot}.smc`))
}

/** The lines of that kernel's System.map that the traces touch, and their neighbours. */
export function systemMapText(boot: string): string {
  return readFileSync(join(folder, `${boot.replace(/-(pkvm|nvhe)$/, '')}.System.map`), 'latin1')
}

export function systemMap(boot: string): SystemMap {
  return parseSystemMap(systemMapText(boot))
}

/** The calls of a stored boot, named. */
export function callsOf(boot: string): SmcCall[] {
  return nameCalls(readSmcTrace(rawTrace(boot)).calls, systemMap(boot))
}
