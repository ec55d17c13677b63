import { keptFile } from '../kept-files.ts'
import { optionValue } from './machine.ts'
import type { QemuOrder } from './qemu-order.ts'

/**
 * QEMU's arguments that have the tracer record FF-A, PSCI and TRNG calls, kept as `smc` in the format that is described in
 * guest/smc-trace/trace-file.h; none without a tracer.
 */
export function tracerArguments(order: Pick<QemuOrder, 'folder' | 'tracer'>): string[] {
  if (order.tracer === undefined) return []
  const [plugin, out] = [optionValue(order.tracer), optionValue(keptFile(order.folder, 'smc'))]
  return ['-plugin', `file=${plugin},out=${out},psci=on,trng=on`]
}
