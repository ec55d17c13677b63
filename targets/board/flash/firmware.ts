import { LabError } from '../../../domain/errors.ts'
import type { FlashFiles } from './flash.ts'

/** A way that brings no firmware must not pass it over: the cell would be tried on another firmware than it names. */
export function refuseFirmware({ firmware }: FlashFiles, why: string): void {
  if (firmware === undefined) return
  const sentence = `The stack cannot be flashed: ${why}. Say \`installed\` for the place's firmware, or flash it in another way.`
  throw new LabError('BadInput', sentence)
}
