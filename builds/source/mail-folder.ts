import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { LabError } from '../../domain/errors.ts'
import { parseSeries } from '../../domain/patches/parse-series.ts'
import { readDiffs } from '../../domain/patches/read-diffs.ts'
import { asOneOfMany, splitMailbox } from '../../domain/patches/split-mailbox.ts'
import { readInputBytes } from '../../host/read-input.ts'

/** More than a thread has. */
const mostFiles = 5_000
const mostBytes = 64 * 1024 ** 2

/**
 * What a plan names as a patch: the bytes of a file; the mails of a folder, a Maildir or one of .eml and .patch files, as one
 * mailbox in the order of their names, or in that of its file `series` where it has one. Other files in it are passed over.
 * @throws Node's error (ENOENT, ...) when there is nothing; LabError BadInput for what is no file, or too large
 */
export function readPatchBytes(path: string): Uint8Array {
  if (!statSync(path).isDirectory()) return readInputBytes(path)
  const names = namesIn(path)
  if (names.length > mostFiles)
    throw new LabError('BadInput', `${path} has ${names.length} files, more than a thread has: name a folder of mails.`)
  const texts: string[] = []
  let bytes = 0
  for (const name of names) {
    bytes += statSync(join(path, name)).size
    if (bytes > mostBytes)
      throw new LabError('BadInput', `The files in ${path} have more than 64 MiB: name a folder of mails.`)
    const text = readInputBytes(join(path, name)).toString('latin1')
    if (splitMailbox(text).of !== 'diff' || readDiffs(text).files.length > 0) texts.push(asOneOfMany(text))
  }
  return Buffer.from(texts.length === 0 ? '' : [folderMark, ...texts].join('\n'), 'latin1')
}

/** A mail that has nothing: a folder of one mail stays a folder when its bytes are kept. */
const folderMark = asOneOfMany('From: nobody\nSubject: a folder of mails\n\n')

function namesIn(folder: string): string[] {
  const files = (below: string) =>
    readdirSync(join(folder, below), { withFileTypes: true })
      .filter((entry) => !entry.name.startsWith('.') && statSync(join(folder, below, entry.name)).isFile())
      .map((entry) => join(below, entry.name))
      .sort()
  const here = readdirSync(folder)
  if (here.includes('cur') && here.includes('new')) return [...files('cur'), ...files('new')]
  return here.includes('series') ? parseSeries(readFileSync(join(folder, 'series'), 'utf8')) : files('')
}
