/** One entry of an archive. */
export interface ArchiveEntry {
  /** Relative to the root, no leading slash. */
  path: string
  /** File type and permissions as in st_mode. */
  mode: number
  data?: Uint8Array
  /** Major and minor number of a device node. */
  device?: [number, number]
}

export const directory = 0o040755
export const program = 0o100755
export const plainFile = 0o100644
export const characterDevice = 0o020600

/**
 * A cpio archive in the `newc` format (Documentation/driver-api/early-userspace/buffer-format.rst). Our own writer, since
 * `cpio` can neither make a device node without root nor take names in another place than theirs. Equal entries give equal
 * bytes: sorted, owned by 0:0, of time 0, numbered in order.
 */
export function newcArchive(entries: ArchiveEntry[]): Buffer {
  // A folder's path is a prefix of what it holds, so sorting puts it first, as the kernel needs it.
  const sorted = entries.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  const parts = sorted.map((entry, n) => entryBytes(entry, n + 1))
  return Buffer.concat([...parts, entryBytes({ path: 'TRAILER!!!', mode: 0 }, 0)])
}

function entryBytes({ path, mode, data = new Uint8Array(), device = [0, 0] }: ArchiveEntry, inode: number): Buffer {
  const name = Buffer.from(`${path}\0`)
  const links = (mode & 0o170000) === 0o040000 ? 2 : 1
  // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
  const fields = [inode, mode, 0, 0, links, 0, data.length, 0, 0, ...device, name.length, 0]
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`)
  return Buffer.concat([padded(Buffer.concat([header, name])), padded(data)])
}

function padded(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
}
