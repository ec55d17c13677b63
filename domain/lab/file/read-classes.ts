import { parseDuration } from '../../yaml/quantity.ts'
import type { Path } from '../../yaml/yaml-text.ts'
import type { Loader, PlaceClass, PlaceLimits } from '../inventory.ts'
import { mapValues, type Reading } from './reading.ts'
import type { FileClass, FileLimits } from './schema-places.ts'

/**
 * What places keep where the file does not say, seconds. Memory training alone keeps some boards silent for many seconds,
 * and a place that is called dead too early costs more than one that is waited for.
 */
const usualLimits: PlaceLimits = { firstByte: 30, offSilence: 5, shortestOff: 2 }

const usualUBoot = { prompt: '=> ', autoboot: { says: 'Hit any key to stop autoboot', key: ' ' } }

/** @returns the class that a part of a file without mistakes means */
export function readClass(name: string, given: FileClass, path: Path, reading: Reading): PlaceClass {
  const { kind, cmdline, limits, loader, model } = given
  const parameters = [...path, 'model', 'parameters']
  return {
    name,
    at: reading.at(path),
    kind,
    limits: readLimits(limits, usualLimits),
    cmdline,
    ...(loader !== undefined && { loader: readLoader(loader) }),
    ...(kind === 'fvp' && {
      model: {
        binary: model?.binary ?? 'FVP_Base_RevC-2xAEMvA',
        parameters: mapValues(model?.parameters ?? {}, (value, key) => reading.text([...parameters, key], value)),
      },
    }),
  }
}

/** @returns the limits of the file over others, in seconds */
export function readLimits(given: FileLimits, others: PlaceLimits): PlaceLimits {
  const seconds = (text: string | undefined, other: number): number =>
    text === undefined ? other : parseDuration(text)
  return {
    firstByte: seconds(given['first-byte'], others.firstByte),
    offSilence: seconds(given['off-silence'], others.offSilence),
    shortestOff: seconds(given['shortest-off'], others.shortestOff),
  }
}

function readLoader(given: NonNullable<FileClass['loader']>): Loader {
  if (given === 'self' || given === 'uefi')
    return { kind: given, prompt: '', autoboot: { says: '', key: '' }, deviceTree: '' }
  if (given === 'u-boot') return { kind: 'u-boot', ...usualUBoot, deviceTree: 'fdtcontroladdr' }
  const uBoot = given['u-boot']
  const [kernelAddress, initrdAddress] = [uBoot['kernel-address'], uBoot['initrd-address']]
  const tree = uBoot['device-tree']
  return {
    kind: 'u-boot',
    prompt: uBoot.prompt,
    autoboot: uBoot.autoboot,
    ...(kernelAddress !== undefined && { kernelAddress }),
    ...(initrdAddress !== undefined && { initrdAddress }),
    // U-Boot reads bare digits as hexadecimal, whatever YAML takes them for.
    deviceTree: typeof tree === 'number' ? `0x${tree.toString(16)}` : tree.replaceAll(/[${}]/g, ''),
  }
}
