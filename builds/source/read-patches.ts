import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { LabError } from '../../domain/errors.ts'
import { chooseSeries } from '../../domain/patches/choose-series.ts'
import { readMail, type GivenMail, type Mail } from '../../domain/patches/mail.ts'
import { readDiffs, textOf, type FileDiff } from '../../domain/patches/read-diffs.ts'
import { splitMailbox } from '../../domain/patches/split-mailbox.ts'
import { sha256 } from '../../host/sha256.ts'
import { asTheyAre, type InputFiles } from '../input-files.ts'
import { takeMailApart } from './take-mail-apart.ts'

/** One patch of those that a plan's entry stands for. */
export interface Patch {
  /** For people. */
  name: string
  /** The diffs alone, bytes as letters of Latin-1; absent where the file itself is what patch(1) is given. */
  diffs?: FileDiff[]
  /** It was sent as format=flowed, which a sender's client may have done badly. */
  flowed?: true
}

/** What an entry of `patches` stands for. */
export interface PatchFile {
  patches: Patch[]
  /** What decides the patched bytes: of a file that patch(1) could take as it is the file's sha256, else that of its diffs. */
  hash: string
  /** What of it was left out, a sentence each. */
  said: string[]
  /** Of one mail that is one of a series: which. */
  part?: Pick<Mail, 'number' | 'of' | 'version'>
}

/** What is wrong with an entry, in words that go on after its name, and what would be right. */
export interface BadPatch {
  message: string
  hint: string
}

/**
 * Reads what a plan names as a patch: a diff, a mail with one, a mailbox or folder of mails, each of these packed with gzip
 * or not.
 * @throws Node's error (ENOENT, ...) when there is none; LabError BadInput for what cannot be read
 */
export async function readPatches(path: string, files: InputFiles = asTheyAre): Promise<PatchFile | BadPatch> {
  const bytes = files.readPatch(path)
  const text = Buffer.from(unpacked(bytes, path)).toString('latin1')
  if (text.trim() === '')
    return { message: 'there is no diff in it, for it is empty', hint: 'name a file with a patch' }
  const mailbox = splitMailbox(text)
  if (mailbox.of === 'diff') {
    if (!mayBeDiff.test(text)) return { message: 'there is no diff in it', hint: 'name a file with a patch' }
    return isPacked(bytes)
      ? { ...asIs(path, bytes), patches: [{ name: basename(path), diffs: readDiffs(text).files }] }
      : asIs(path, bytes)
  }
  const given: GivenMail[] = []
  for (const mail of mailbox.mails) given.push(await takeMailApart(mail))
  const mails = given.map(readMail)
  const [first] = mails
  const alone = mailbox.of === 'mail'
  const part =
    alone && first?.number !== undefined ? { number: first.number, of: first.of!, version: first.version } : undefined
  const chosen = chooseSeries(mails, alone)
  const isPlain = alone && !isPacked(bytes) && isPlainMail(mailbox.mails[0]!, given[0]!, first!)
  if (!chosen.ok) {
    // patch(1) takes diffs of other kinds, too.
    const isOther = isPlain && first!.diffs.length === 0 && first!.number !== 0 && mayBeDiff.test(text)
    return isOther ? asIs(path, bytes) : { message: chosen.message, hint: chosen.hint }
  }
  const patches = chosen.patches.map((mail) => ({
    name: alone ? basename(path) : `${basename(path)}: ${mail.subject || mail.diffs[0]!.file}`,
    diffs: mail.diffs,
    ...(mail.flowed && { flowed: true as const }),
  }))
  const hash = isPlain
    ? sha256(bytes)
    : sha256(Buffer.from(patches.map(({ diffs }) => textOf(diffs)).join(''), 'latin1'))
  return { patches, hash, said: chosen.said, ...(part && { part }) }
}

/**
 * As `readPatches`, for an entry that must be right.
 * @throws LabError SourceMissing when there is none, PatchFailed saying what is wrong with it, BadInput for what is no file
 */
export async function requirePatches(path: string, files: InputFiles = asTheyAre): Promise<PatchFile> {
  const read = await readThere(path, files)
  if ('patches' in read) return read
  const sentence = `The patch ${basename(path)} (${path}) cannot be applied: ${read.message}: ${read.hint}.`
  throw new LabError('PatchFailed', sentence)
}

/**
 * What decides the bytes of each patch, as `PatchFile.hash`; of an entry that is wrong, which is never built, its bytes.
 * @throws LabError SourceMissing naming the first that is not there; BadInput for one that is no file
 */
export async function patchHashes(patches: string[], files: InputFiles = asTheyAre): Promise<string[]> {
  const hashes: string[] = []
  for (const path of patches) {
    const read = await readThere(path, files)
    hashes.push('patches' in read ? read.hash : sha256(files.readPatch(path)))
  }
  return hashes
}

/**
 * As `readPatches`, for an entry that must be there.
 * @throws LabError SourceMissing when there is none, BadInput for what is no file
 */
export async function readThere(path: string, files: InputFiles): Promise<PatchFile | BadPatch> {
  try {
    return await readPatches(path, files)
  } catch (cause) {
    throw cause instanceof LabError ? cause : new LabError('SourceMissing', `There is no patch ${path}.`, { cause })
  }
}

/** A unified diff or a context diff, also indented as patch(1) allows. */
const mayBeDiff = /^[\t ]*(--- \S|diff |\*\*\* \S|Index: |@@ -\d)/m

function asIs(path: string, bytes: Uint8Array): PatchFile {
  return { patches: [{ name: basename(path) }], hash: sha256(bytes), said: [] }
}

/** Nothing of it has to be undone before patch(1) understands it. */
function isPlainMail(raw: string, given: GivenMail, mail: Mail): boolean {
  const head = raw.split(/\r?\n\r?\n/, 1)[0]!
  const encoded = /^content-(transfer-encoding:\s*(base64|quoted-printable)|type:\s*multipart)/im.test(head)
  return !mail.reply && !mail.flowed && !encoded && given.parts.length === 1 && !/^[^\n]*\r\n/.test(raw)
}

function isPacked(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

function unpacked(bytes: Uint8Array, path: string): Uint8Array {
  if (!isPacked(bytes)) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: mostUnpacked })
  } catch (cause) {
    throw new LabError('BadInput', `${path} cannot be unpacked: it is damaged, or is more than a thread of mails.`, {
      cause,
    })
  }
}

const mostUnpacked = 256 * 1024 ** 2
