import { parseDuration } from '../../yaml/quantity.ts'
import type { Path } from '../../yaml/yaml-text.ts'
import type { Openocd } from '../flash-spec.ts'
import type { Reading } from './reading.ts'
import type { FileOpenocd } from './schema-flash.ts'

/** @returns what a part of a file without mistakes says of OpenOCD */
export function readOpenocd(given: FileOpenocd, path: Path, reading: Reading): Openocd {
  const { begin, images, within } = given
  const { 'firmware-at': firmwareAt, 'kernel-at': kernelAt, 'initrd-at': initrdAt } = given
  return {
    config: reading.words([...path, 'config'], given.config),
    arguments: reading.words([...path, 'arguments'], given.arguments),
    begin,
    ...(firmwareAt !== undefined && { firmwareAt }),
    ...(kernelAt !== undefined && { kernelAt }),
    ...(initrdAt !== undefined && { initrdAt }),
    images,
    within: parseDuration(within),
  }
}
