import { statSync } from 'node:fs'
import { LabError } from '../../domain/errors.ts'
import type { QemuOrder } from './qemu-order.ts'

/**
 * That a file has gone is told better here than by QEMU.
 * @throws LabError TargetBroken
 */
export function requireFiles({ machine, files: { firmware, bl33, image } }: QemuOrder): void {
  if (machine) return
  sizeOf(firmware, 'firmware')
  if (bl33 !== undefined) sizeOf(bl33, 'BL33')
  sizeOf(image, 'image')
}

/** The bytes of a file, `what` to people. @throws LabError TargetBroken when it cannot be read */
export function sizeOf(path: string, what: string): number {
  try {
    return statSync(path).size
  } catch (cause) {
    const sentence = `The target has no ${what}: ${path} cannot be read. Build it again.`
    throw new LabError('TargetBroken', sentence, { cause })
  }
}
