import { join } from 'node:path'
import type { BootOrder } from './boot-order.ts'
import { optionValue } from './machine.ts'

/** Where an attempt's SMC trace is written; its format is described in guest/smc-trace/trace-file.h. */
export function tracePath({ folder }: Pick<BootOrder, 'folder'>): string {
  return join(folder, 'smc')
}

/** QEMU's arguments that have the tracer record FF-A, PSCI and TRNG calls; none without a tracer. */
export function tracerArguments(order: Pick<BootOrder, 'folder' | 'tracer'>): string[] {
  if (order.tracer === undefined) return []
  const [plugin, out] = [optionValue(order.tracer), optionValue(tracePath(order))]
  return ['-plugin', `file=${plugin},out=${out},psci=on,trng=on`]
}
