import type { BootEnd, BootOrder, BootWatch } from '../../../targets/boot-order.ts'
import { bootTarget } from '../../../targets/boot.ts'
import { powerQemu } from '../../../targets/qemu/power.ts'
import type { QemuOrder } from '../../../targets/qemu/qemu-order.ts'

/** A boot on a QEMU machine, as one order. */
export type QemuBoot = BootOrder & QemuOrder

/** Boots a QEMU machine once. */
export async function bootQemu(order: QemuBoot, watch: BootWatch, signal: AbortSignal): Promise<BootEnd> {
  return await bootTarget(order, powerQemu(order), watch, signal)
}
