import { nearest } from '../../yaml/did-you-mean.ts'
import { entriesAt, textAt, valueAt, wordsAt } from '../../yaml/value-at.ts'
import type { Path } from '../../yaml/yaml-text.ts'
import { checkOpenocd } from './check-openocd.ts'
import { checkName, checkOneOf, checkPattern, type Checked } from './check.ts'
import { isUBoot, loaderOf } from './loader-of.ts'

const ways = ['tftp', 'mux', 'mmc', 'ums', 'uefi-http', 'fastboot', 'openocd', 'command'] as const
const withoutOpenocd = ways.filter((way) => way !== 'openocd')
const controls = ['usbsdmux', 'sd-mux-ctrl', 'sdwire', 'commands'] as const
const stands = ['{image}', '{initrd}', '{cmdline}', '{firmware}']

/** How a place is flashed: one way, one mux, and each file that the place takes has a way onto it. */
export function checkFlash(checked: Checked, place: Path): void {
  const { yaml, complain } = checked
  const path = [...place, 'flash']
  checkName(checked, 'hosts', [...path, 'host'])
  const keys = entriesAt(yaml.value, path).map(({ key }) => key)
  // Beside another way OpenOCD writes what that does not bring.
  const beside = keys.includes('openocd') && ways.some((one) => one !== 'openocd' && keys.includes(one))
  const lack = 'this flash does not say how files get onto the board'
  const way = beside
    ? checkOneOf(checked, path, withoutOpenocd, ['host', 'openocd'], lack)
    : checkOneOf(checked, path, ways, ['host'], lack)
  const isTaken = valueAt(yaml.value, [...place, 'firmware']) === 'takes'
  const written =
    keys.includes('openocd') && checkOpenocd(checked, place, [...path, 'openocd'], { way, takes: isTaken })
  // What is left to bring for the way itself.
  const takes = isTaken && !written
  if (way === 'command') checkCommand(checked, [...path, way], takes, isTaken)
  if (way === 'mux') checkMux(checked, place, [...path, way], takes)
  if (way === 'mux' || way === 'ums') checkBase(checked, [...path, way])
  if (way === 'mmc' || way === 'ums') checkOwnMedium(checked, place, [...path, way], way, takes)
  checkUefi(checked, place, [...path, way ?? ''], way)
  if (takes && (way === 'tftp' || way === 'fastboot' || way === 'uefi-http')) {
    const hint = 'let it be installed, or flash by mux, mmc, ums, openocd or command'
    complain([...place, 'firmware'], `no firmware gets onto a board by ${way}`, hint)
  }
}

function checkBase({ yaml: { value: root }, complain }: Checked, path: Path): void {
  const device = textAt(root, [...path, 'device'])
  if (device !== undefined && textAt(root, [...path, 'base']) === device)
    complain([...path, 'base'], 'the medium is compared with itself', 'name a copy that was made when it was set up')
}

function checkMux(checked: Checked, place: Path, path: Path, takes: boolean): void {
  const { yaml, complain } = checked
  const root = yaml.value
  const others = ['device', 'partition', 'load-from', 'firmware-at', 'base']
  checkOneOf(checked, path, controls, others, 'the mux does not say how it is switched')
  for (const pattern of ['host', 'board']) checkPattern(checked, [...path, 'commands', 'state', pattern])
  const keys = entriesAt(root, path).map(({ key }) => key)
  // With an unknown key beside it, that key is the likelier mistake and is reported already.
  if (!keys.every((key) => [...controls, ...others].includes(key))) return
  if (isUBoot(root, place) && !keys.includes('load-from'))
    complain(path, 'U-Boot must be told where on the medium the files are', 'add load-from: mmc 0:1', 'key')
  if (takes && !keys.includes('firmware-at')) {
    const hint = 'add firmware-at: ..., or let the firmware be installed'
    complain(path, 'this place takes firmware, and the mux does not say where to', hint, 'key')
  }
}

/** A UEFI shell is told of an image on a web server, and of nothing else; nobody else is told of that. */
function checkUefi({ yaml, complain }: Checked, place: Path, path: Path, way: string | undefined): void {
  const loader = loaderOf(yaml.value, place)
  if (way === undefined || loader === undefined || (way === 'uefi-http') === (loader === 'uefi')) return
  if (loader === 'uefi')
    complain(
      path,
      `a UEFI shell is not told of what comes by ${way}`,
      'flash by uefi-http, or let the loader be another',
      'key',
    )
  else
    complain(
      path,
      'a UEFI shell boots from a web server, and the class has another loader',
      'let its loader be uefi',
      'key',
    )
}

/** A medium of the board's own, which its U-Boot writes or lends. */
function checkOwnMedium(
  { yaml, complain }: Checked,
  place: Path,
  path: Path,
  way: 'mmc' | 'ums',
  takes: boolean,
): void {
  const root = yaml.value
  if (loaderOf(root, place) !== undefined && !isUBoot(root, place))
    complain(
      path,
      `U-Boot ${way === 'mmc' ? 'writes' : 'lends'} this medium, and the class has another loader`,
      'let its loader be u-boot',
      'key',
    )
  if (takes && valueAt(root, [...path, 'firmware-at']) === undefined) {
    const hint = 'add firmware-at: ..., or let the firmware be installed'
    complain(path, `this place takes firmware, and ${way} does not say where to`, hint, 'key')
  }
}

/** @param isTaken whether the place takes firmware at all, by whatever way */
function checkCommand({ yaml, complain }: Checked, path: Path, takes: boolean, isTaken: boolean): void {
  const words = wordsAt(yaml.value, path)
  let slips = 0
  for (const { word, path: at } of words) {
    for (const [found] of word.matchAll(/\{[\w-]+\}/g)) {
      // Anything else in braces may be the command's own.
      const near = stands.includes(found) ? undefined : nearest(found, stands)
      if (near === undefined) continue
      slips += 1
      complain(at, `${found} stands for nothing`, `did you mean ${near}?`)
    }
  }
  if (slips > 0 || words.length === 0) return
  const having = (what: string) => words.find(({ word }) => word.includes(what))
  if (having('{image}') === undefined) complain(path, 'this command flashes no kernel', 'let a word of it hold {image}')
  const firmware = having('{firmware}')
  if (takes && firmware === undefined) {
    const hint = 'let a word of it hold {firmware}, or let the firmware be installed'
    complain(path, 'this place takes firmware, and the command flashes none', hint)
  }
  if (!isTaken && firmware !== undefined)
    complain(firmware.path, 'the firmware of this place is installed', 'remove {firmware}, or add firmware: takes')
}
