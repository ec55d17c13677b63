import { posix } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { LabError } from '../../../domain/errors.ts'
import type { Openocd } from '../../../domain/lab/flash-spec.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import type { Flashed } from './flash.ts'
import { mustRun } from './on-host.ts'
import { openocdFault, runOpenocd } from './openocd-run.ts'

/** A board that was just switched on may not answer to JTAG yet: it is asked again so often, and for so long, milliseconds. */
const again = 500
const patience = 10_000

/** What a board's flash has to hold at an address. */
export interface FlashImage {
  name: string
  /** A file of the host, by a name without blanks and braces. */
  path: string
  at: number
  /** Bytes. */
  size: number
  sha256: string
}

/**
 * Reads flash through its driver, which knows how: not all of it lies in the board's address space. A part in each bank has a
 * file of its own. Written it is through the bank's own target: of another one OpenOCD finds no bank, says so, and goes on.
 */
const procedures = `proc hyplab_bank {address} {
  for {set number 0} {$number < [llength [flash list]]} {incr number} {
    if {[dict get [lindex [flash list] $number] size] == 0} {catch {flash probe $number}}
    set bank [lindex [flash list] $number]
    set offset [expr {$address - [dict get $bank base]}]
    if {$offset >= 0 && $offset < [dict get $bank size]} {
      if {[dict exists $bank target]} {targets [dict get $bank target]}
      return [list $number $offset [expr {[dict get $bank size] - $offset}]]
    }
  }
  error [format {Error: no flash bank at 0x%08x is known to these files} $address]
}
proc hyplab_read {file address size} {
  for {set part 0} {$size > 0} {incr part} {
    lassign [hyplab_bank $address] number offset left
    set count [expr {$left < $size ? $left : $size}]
    flash read_bank $number $file.$part $offset $count
    incr address $count
    set size [expr {$size - $count}]
  }
}
proc hyplab_write {file address} {
  hyplab_bank $address
  flash write_image erase $file $address bin
}`

/**
 * Makes a board's flash hold images: all are read first, those that differ are written, and then all are read again, since a
 * block that is erased for one may hold the end of another.
 * @param folder a folder of the host for what is read
 * @throws LabError PlaceBroken in OpenOCD's words, or when what is read back is not what was written
 */
export async function syncImages(
  host: HostLink,
  way: Openocd,
  images: FlashImage[],
  folder: string,
  signal: AbortSignal,
): Promise<Flashed['files']> {
  const before = await readImages(host, way, images, folder, signal)
  const differing = images.filter(({ sha256 }, n) => before[n] !== sha256)
  if (differing.length > 0) {
    const write = differing.map(({ path, at }) => `hyplab_write ${path} ${hex(at)}`)
    const now = await readImages(host, way, images, folder, signal, write)
    const wrong = images.findIndex(({ sha256 }, n) => now[n] !== sha256)
    if (wrong >= 0) throw notHeld(host, images[wrong]!, now[wrong]!, differing)
  }
  return images.map((image) => {
    const { name, sha256 } = image
    return { name, sha256, written: differing.includes(image), readBack: true }
  })
}

/** The sha256 of what lies where each image should. @param write commands that come before */
async function readImages(
  host: HostLink,
  way: Openocd,
  images: FlashImage[],
  folder: string,
  signal: AbortSignal,
  write: string[] = [],
): Promise<string[]> {
  const to = (n: number): string => posix.join(folder, `read-${n}`)
  const read = images.map(({ at, size }, n) => `hyplab_read ${to(n)} ${hex(at)} ${size}`)
  const commands = [procedures, ...write, ...read]
  const log = posix.join(folder, 'log')
  for (const since = performance.now(); ;) {
    const end = await runOpenocd(host, way, { begin: way.begin, commands }, log, signal)
    if (end.done) break
    if (end.how !== 'not connected' || performance.now() - since > patience) {
      const what = write.length > 0 && end.how === 'connected' ? "write the board's flash" : "read the board's flash"
      throw openocdFault(host, end, what)
    }
    await delay(again, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
  const sums: string[] = []
  for (const [n] of images.entries()) {
    const script = 'cat -- "$1".* | sha256sum && rm -f -- "$1".*'
    const sum = await mustRun(host, ['sh', '-c', script, 'sh', to(n)], 'read what OpenOCD has read', signal)
    sums.push(sum.slice(0, 64))
  }
  return sums
}

function notHeld(host: HostLink, { name, at, sha256 }: FlashImage, now: string, written: FlashImage[]): LabError {
  const held = written.some((image) => image.name === name)
  const others = written.map((image) => image.name).join(', ')
  const what = held
    ? `was written with sha256 ${sha256} and is read back with sha256 ${now}: the flash is failing or protected, or another image lies over it`
    : `was there and is no longer, since ${others} was written: they share a block that is erased as one; give each blocks of its own`
  const sentence = `${name} at ${hex(at)} in the board's flash ${what} (OpenOCD on host ${host.name}).`
  return new LabError('PlaceBroken', sentence, { retryable: held })
}

/** An address as OpenOCD and U-Boot take it. */
export function hex(address: number): string {
  return `0x${address.toString(16).padStart(8, '0')}`
}
