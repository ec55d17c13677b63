import { LabError } from '../../../domain/errors.ts'
import type { HostLink } from '../../hosts/host-link.ts'
import { failed, mustRun, runOn } from './on-host.ts'
import { partitionStart, tableBytes } from './partition-table.ts'

/**
 * mtools looks at the geometry of a floppy, which a card's file system does not have; and at files of the host's user. The
 * time is always the same, so that the same files make the same bytes.
 */
const mtools = ['env', 'MTOOLS_SKIP_CHECK=1', 'MTOOLSRC=/dev/null', 'SOURCE_DATE_EPOCH=1000000000']

/** Said of a block device whose driver knows no geometry, as that of loop and network devices; mtools then goes on without. */
const noGeometry = /Could not get geometry of device \([^()]*\)/g

const clearing = 30_000

/** A FAT file system on a medium of a host, read and written by mtools: nothing is mounted, so nothing stays mounted. */
export class FatFiles {
  readonly #host: HostLink
  readonly #device: string
  readonly #at: string
  /** Where it begins, bytes from the medium's start. */
  readonly start: number

  private constructor(host: HostLink, device: string, start: number) {
    this.#host = host
    this.#device = device
    this.start = start
    this.#at = `${device}@@${start}`
  }

  /**
   * Finds the file system.
   * @param partition from 1; 0 where the whole medium is one
   * @throws LabError PlaceBroken when the medium cannot be read or has no such partition
   */
  static async find(host: HostLink, device: string, partition: number, signal: AbortSignal): Promise<FatFiles> {
    const words = ['od', '-An', '-v', '-tx1', '-N', String(tableBytes), '--', device]
    const hex = await mustRun(host, words, `read ${device}`, signal)
    const table = Buffer.from(hex.replaceAll(/\s+/g, ''), 'hex')
    return new FatFiles(host, device, partitionStart(table, partition, `${device} on host ${host.name}`))
  }

  /**
   * The sha256 of a file as the medium has it: what the host remembers of the medium is dropped first.
   * @returns undefined when it is not there or cannot be read
   */
  async sha256(name: string, signal: AbortSignal): Promise<string | undefined> {
    await this.#forget(signal)
    const script = 'mcopy -n -i "$1" "$2" - | sha256sum'
    const words = [...mtools, 'sh', '-c', script, 'sh', this.#at, `::/${name}`]
    const { stdout, stderr } = await runOn(this.#host, words, signal)
    const digest = /^[0-9a-f]{64}(?= )/.exec(stdout)?.[0]
    return stderr.replaceAll(noGeometry, '').trim() === '' ? digest : undefined
  }

  /**
   * Writes a file under another name, reads that back, and renames it: the name has all of the old file or all of the new
   * one, or, if the host dies between the two, nothing.
   * @param from a file of the host
   * @throws LabError PlaceBroken when it cannot be written, or is read back as something else
   */
  async write(from: string, name: string, sha256: string, signal: AbortSignal): Promise<void> {
    const part = `::/${name}.part`
    const folders = name.split('/').slice(0, -1)
    const paths = folders.map((_, n) => `::/${folders.slice(0, n + 1).join('/')}`)
    if (paths.length > 0) await runOn(this.#host, [...mtools, 'mmd', '-D', 's', '-i', this.#at, ...paths], signal)
    try {
      await this.#must('mcopy', ['-o', '-i', this.#at, from, part], name, signal)
      await this.#sync(name, signal)
      const read = await this.sha256(`${name}.part`, signal)
      if (read !== sha256) throw this.#differs(name, sha256, read)
    } catch (error) {
      // Half of a file may have taken all the room that there was.
      await this.#remove(part, AbortSignal.timeout(clearing)).catch(() => undefined)
      throw error
    }
    await this.#remove(`::/${name}`, signal)
    await this.#must('mren', ['-i', this.#at, part, `::/${name}`], name, signal)
    await this.#sync(name, signal)
  }

  /**
   * Writes a file where another one is, or none.
   * @param bring brings it onto the host, when it has to be written, and says where it is
   */
  async sync(
    name: string,
    sha256: string,
    bring: () => Promise<string>,
    signal: AbortSignal,
  ): Promise<{ name: string; sha256: string; written: boolean }> {
    const written = (await this.sha256(name, signal)) !== sha256
    if (written) await this.write(await bring(), name, sha256, signal)
    return { name, sha256, written }
  }

  async #sync(name: string, signal: AbortSignal): Promise<void> {
    await mustRun(this.#host, ['sync', '--', this.#device], `bring ${name} onto the medium`, signal)
  }

  /** It may not be there, which is no fault. */
  async #remove(path: string, signal: AbortSignal): Promise<void> {
    await runOn(this.#host, [...mtools, 'mdel', '-i', this.#at, path], signal)
  }

  async #must(command: string, args: string[], name: string, signal: AbortSignal): Promise<void> {
    const end = await runOn(this.#host, [...mtools, command, ...args], signal)
    if (end.code !== 0) throw failed(this.#host, [command], `write ${name} onto ${this.#device}`, end)
  }

  /** coreutils' dd does this with `count=0` (info coreutils, `nocache`): for devices and for image files. */
  async #forget(signal: AbortSignal): Promise<void> {
    const words = ['dd', `if=${this.#device}`, 'iflag=nocache', 'count=0', 'status=none']
    await mustRun(this.#host, words, `read ${this.#device} anew`, signal)
  }

  #differs(name: string, wanted: string, read: string | undefined): LabError {
    const what = read === undefined ? 'cannot be read back' : `is read back with sha256 ${read}`
    const sentence = `${name} was written onto ${this.#device} with sha256 ${wanted} and ${what}: the medium or its reader is failing.`
    return new LabError('PlaceBroken', sentence, { retryable: true })
  }
}
