import { entriesAt, valueAt, wordsAt } from '../../yaml/value-at.ts'
import type { Path } from '../../yaml/yaml-text.ts'
import type { Checked } from './check.ts'
import { isUBoot, loaderOf } from './loader-of.ts'

const known = ['config', 'arguments', 'begin', 'firmware-at', 'kernel-at', 'initrd-at', 'images', 'within']

/** How OpenOCD stands in a flash: by itself, or beside the way that brings kernel and initrd. */
export interface OpenocdPlace {
  way: string | undefined
  takes: boolean
}

/**
 * OpenOCD writes something, and each file has one way onto the board.
 * @returns whether it writes the firmware
 */
export function checkOpenocd(checked: Checked, place: Path, path: Path, { way, takes }: OpenocdPlace): boolean {
  const { yaml, complain } = checked
  const keys = entriesAt(yaml.value, path).map(({ key }) => key)
  const firmware = keys.includes('firmware-at')
  const written = firmware || way === 'openocd'
  // With an unknown key beside it, that key is the likelier mistake and is reported already.
  if (!keys.every((key) => known.includes(key))) return written
  if (!takes && firmware) {
    const hint = 'remove firmware-at, or add firmware: takes'
    complain([...path, 'firmware-at'], 'the firmware of this place is installed', hint, 'key')
  }
  if (way === 'openocd') checkAlone(checked, place, path, keys)
  else if (way !== undefined) checkBeside(checked, place, path, { way, firmware, keys })
  if (takes && !firmware && way === 'openocd') {
    const hint = 'add firmware-at: ..., or let the firmware be installed'
    complain(path, 'this place takes firmware, and openocd does not say where to', hint, 'key')
  }
  // Said here or there, it is told once.
  return written
}

function checkAlone({ yaml, complain }: Checked, place: Path, path: Path, keys: string[]): void {
  const root = yaml.value
  const [kernel, initrd] = [keys.includes('kernel-at'), keys.includes('initrd-at')]
  if (kernel !== initrd) {
    const [has, lacks] = kernel ? ['kernel', 'initrd'] : ['initrd', 'kernel']
    complain(path, `the ${has} goes into flash, and the ${lacks} nowhere`, `add ${lacks}-at: ...`, 'key')
    return
  }
  if (kernel) return
  const loader = loaderOf(root, place)
  if (loader === 'self') {
    const hint = 'add kernel-at and initrd-at, or another way beside openocd'
    complain(path, 'a board that starts by itself finds no kernel', hint, 'key')
  }
  if (!isUBoot(root, place)) return
  const numbers = ['kernel-address', 'initrd-address'].filter((key) => valueAt(loader, ['u-boot', key]) === undefined)
  if (numbers.length === 0) return
  const hint = `add ${numbers.join(' and ')} to the loader of its class, or kernel-at and initrd-at here`
  complain(path, 'openocd does not know where in memory U-Boot takes kernel and initrd', hint, 'key')
}

function checkBeside(
  { yaml, complain }: Checked,
  place: Path,
  path: Path,
  { way, firmware, keys }: { way: string; firmware: boolean; keys: string[] },
): void {
  for (const key of ['kernel-at', 'initrd-at'])
    if (keys.includes(key))
      complain([...path, key], `kernel and initrd come by ${way}`, `remove ${key}, or ${way}`, 'key')
  const other = [...place, 'flash', way]
  const twice =
    valueAt(yaml.value, [...other, 'firmware-at']) !== undefined ||
    wordsAt(yaml.value, other).some(({ word }) => word.includes('{firmware}'))
  if (firmware && twice)
    complain([...path, 'firmware-at'], `the firmware is written by ${way}, too`, 'keep one of them', 'key')
  if (!firmware && !keys.includes('images'))
    complain(path, `openocd writes nothing beside ${way}`, 'add firmware-at or images, or remove it', 'key')
}
