import { hash, text, u32 } from '../tcg/logs.ts'

/** One entry of a made list, as the kernel would write it. */
export interface Made {
  template: string
  /** Each field as it is hashed and as the ASCII list shows it. */
  fields: { bytes: Buffer; shown: string }[]
  violation?: boolean
  pcr?: number
}

const sizes: Record<string, number> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64, sm3: 32 }

/** d-ng: what was measured, in a hash of IMA. */
export function dng(algorithm: string, digest: Buffer, type = ''): Made['fields'][number] {
  return {
    bytes: Buffer.concat([text(`${type}${algorithm}:\0`), digest]),
    shown: `${type}${algorithm}:${digest.toString('hex')}`,
  }
}

/** n-ng: the name, spaces made underscores. */
export function nng(name: string): Made['fields'][number] {
  const safe = name.replaceAll(' ', '_')
  return { bytes: text(`${safe}\0`), shown: safe }
}

export function hex(bytes: Buffer): Made['fields'][number] {
  return { bytes, shown: bytes.toString('hex') }
}

/** A file measured with the usual template. */
export function file(name: string, content = name): Made {
  return { template: 'ima-ng', fields: [dng('sha256', hash('sha256', text(content))), nng(name)] }
}

export function violation(name: string): Made {
  return { template: 'ima-ng', fields: [dng('sha256', Buffer.alloc(32)), nng(name)], violation: true }
}

export function bootAggregate(digest: Buffer, name = 'boot_aggregate', algorithm = 'sha256'): Made {
  return { template: 'ima-ng', fields: [dng(algorithm, digest), nng(name)] }
}

/** The template digest in a bank, told by OpenSSL. */
export function digestOf({ template, fields, violation: violated }: Made, bank = 'sha1', littleEndian = true): Buffer {
  if (violated) return Buffer.alloc(sizes[bank] ?? 0)
  if (template === 'ima') {
    const name = Buffer.alloc(256)
    fields[1]?.bytes.copy(name)
    return hash(bank, fields[0]?.bytes ?? Buffer.alloc(0), name)
  }
  return hash(bank, ...fields.flatMap(({ bytes }) => [u32(bytes.length, littleEndian), bytes]))
}

export function asciiList(entries: Made[], bank = 'sha1', littleEndian = true): string {
  return entries
    .map((entry) => {
      const shown = entry.fields.map((field) => field.shown).join(' ')
      const pcr = String(entry.pcr ?? 10).padStart(2)
      return `${pcr} ${digestOf(entry, bank, littleEndian).toString('hex')} ${entry.template} ${shown}\n`
    })
    .join('')
}

export function binaryList(entries: Made[], bank = 'sha1', littleEndian = true): Buffer {
  const number = (value: number) => u32(value, littleEndian)
  return Buffer.concat(
    entries.flatMap((entry) => {
      const head = [
        number(entry.pcr ?? 10),
        digestOf(entry, bank, littleEndian),
        number(entry.template.length),
        text(entry.template),
      ]
      if (entry.template === 'ima') {
        const name = (entry.fields[1]?.bytes ?? Buffer.alloc(0)).subarray(0, -1)
        return [...head, entry.fields[0]?.bytes ?? Buffer.alloc(0), number(name.length), name]
      }
      const data = Buffer.concat(entry.fields.flatMap(({ bytes }) => [number(bytes.length), bytes]))
      return [...head, number(data.length), data]
    }),
  )
}

/** PCR 10 after these entries, told by OpenSSL. */
export function pcr10(entries: Made[], bank = 'sha256', littleEndian = true): Buffer {
  const size = sizes[bank] ?? 0
  return entries.reduce<Buffer>(
    (value, entry) =>
      hash(bank, value, entry.violation ? Buffer.alloc(size, 0xff) : digestOf(entry, bank, littleEndian)),
    Buffer.alloc(size),
  )
}

const sha256 = (value: string): Buffer => hash('sha256', text(value))

/** One entry of each template of the kernel, and a custom one. */
export function everyTemplate(littleEndian = true): Made[] {
  const mode = Buffer.alloc(2)
  if (littleEndian) mode.writeUInt16LE(0o100755)
  else mode.writeUInt16BE(0o100755)
  const sig = hex(Buffer.from('030204deadbeef', 'hex'))
  const none = { bytes: Buffer.alloc(0), shown: '' }
  const number = (value: number) => ({ bytes: u32(value, littleEndian), shown: String(value) })
  return [
    bootAggregate(sha256('pcrs')),
    { template: 'ima', fields: [hex(hash('sha1', text('old'))), nng('/sbin/init')] },
    file('/usr/bin/with space'),
    { template: 'ima-sig', fields: [dng('sha256', sha256('a')), nng('/bin/a'), sig] },
    { template: 'ima-sig', fields: [dng('sha1', hash('sha1', text('b'))), nng('/bin/b'), none] },
    { template: 'ima-ngv2', fields: [dng('sha256', sha256('c'), 'verity:'), nng('/bin/c')] },
    { template: 'ima-sigv2', fields: [dng('sha512', hash('sha512', text('d')), 'ima:'), nng('/bin/d'), sig] },
    { template: 'ima-buf', fields: [dng('sha256', sha256('e')), nng('kernel_version'), hex(text('6.18.5'))] },
    {
      template: 'ima-modsig',
      fields: [dng('sha256', sha256('f')), nng('/lib/f.ko'), none, dng('sha256', sha256('g')), sig],
    },
    { template: 'ima-modsig', fields: [dng('sha256', sha256('h')), nng('/lib/h.ko'), sig, none, none] },
    {
      template: 'evm-sig',
      fields: [
        dng('sha256', sha256('i')),
        nng('/bin/i'),
        sig,
        { bytes: text('security.ima|security.selinux\0'), shown: 'security.ima|security.selinux' },
        hex(Buffer.concat([u32(4, littleEndian), u32(9, littleEndian)])),
        hex(text('abcdselinux_t')),
        number(0),
        number(1000),
        { bytes: mode, shown: String(0o100755) },
      ],
    },
    {
      template: 'd-ng|n-ng|imode',
      fields: [dng('sha256', sha256('j')), nng('/bin/j'), { bytes: mode, shown: String(0o100755) }],
    },
    violation('/var/log/messages'),
  ]
}
