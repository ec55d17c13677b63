import { LabError } from '../../../domain/errors.ts'
import type { MediumOffer } from '../flash/flash.ts'
import type { LoaderDialogue } from './dialogue.ts'
import { findChecksum, loadFile, mostAsked } from './load-file.ts'
import { whyLoadFailed } from './load-failure.ts'
import { lastWords } from './loader-fault.ts'

const block = 512
/** A piece is written as often when the medium does not give it back. */
const mostWrites = 2
/** What became of a medium, all of which was read back in the end. */
export interface WrittenMedium {
  /** How many pieces had to be written, and of how many. */
  written: number
  of: number
}

/** What memory is filled with before a read, so that what lay there is never taken for what the medium has. */
const filling = '5a17c0de'

/** A piece of a medium, and what proves it. */
interface Piece {
  number: number
  /** Bytes. */
  size: number
  crc32: string
  sha256: string
}

/**
 * Has U-Boot make a board's medium what it should be. Each piece is read from the medium first; where it differs it is loaded,
 * proven in memory, written, and read from the medium again.
 * @param address where in memory, as U-Boot's shell takes it; a piece must fit there
 * @returns how many pieces were written, and of how many
 * @throws LabError PlaceBroken when the medium cannot be read or written, or gives back something else; what `ask` throws
 */
export async function writeMedium(
  dialogue: LoaderDialogue,
  medium: MediumOffer,
  address: string,
): Promise<WrittenMedium> {
  await must(dialogue, `mmc dev ${medium.device}`)
  let written = 0
  for (const piece of piecesOf(medium)) {
    if ((await readPiece(dialogue, medium, piece, address)).right) continue
    const name = `piece ${piece.number} of the medium`
    const command = medium.load.replace('{number}', String(piece.number).padStart(4, '0'))
    for (let writes = 1; ; writes++) {
      await loadFile(dialogue, { ...piece, name, command }, address)
      await must(dialogue, `mmc write ${address} ${blocksOf(medium, piece)}`)
      const { right, said } = await readPiece(dialogue, medium, piece, address)
      if (right) break
      if (writes === mostWrites) throw notWritten(name, said, piece)
    }
    written++
  }
  return { written, of: medium.crc32.length }
}

function piecesOf({ crc32, sha256, pieceSize, size }: MediumOffer): Piece[] {
  return crc32.map((sum, number) => {
    return { number, size: Math.min(pieceSize, size - number * pieceSize), crc32: sum, sha256: sha256[number]! }
  })
}

/** A piece's first block and how many it has, as `mmc read` and `mmc write` take them. */
function blocksOf({ pieceSize }: MediumOffer, { number, size }: Piece): string {
  return [(number * pieceSize) / block, size / block].map((blocks) => `0x${blocks.toString(16)}`).join(' ')
}

async function readPiece(
  dialogue: LoaderDialogue,
  medium: MediumOffer,
  piece: Piece,
  address: string,
): Promise<{ right: boolean; said: string }> {
  const size = `0x${piece.size.toString(16)}`
  await must(dialogue, `mw.l ${address} ${filling} 0x${(piece.size / 4).toString(16)}`)
  await must(dialogue, `mmc read ${address} ${blocksOf(medium, piece)}`)
  const crc32 = await checksum(dialogue, `crc32 ${address} ${size}`, piece.crc32)
  if (!crc32.right) return crc32
  // What is not trusted can be made to have any crc32; not every U-Boot has more.
  const sha256 = await checksum(dialogue, `hash sha256 ${address} ${size}`, piece.sha256)
  return sha256.unknown ? crc32 : sha256
}

async function checksum(
  dialogue: LoaderDialogue,
  command: string,
  wanted: string,
): Promise<{ right: boolean; said: string; unknown: boolean }> {
  let said = ''
  // Its digits may be damaged on their way.
  for (let asked = 0; asked < mostAsked; asked++) {
    const { code, output } = await dialogue.ask(command)
    if (/Unknown command|Unknown hash algorithm/.test(output)) return { right: false, said: output, unknown: true }
    said = lastWords(output, 1)
    if (code === 0 && findChecksum(output)?.digest === wanted) return { right: true, said, unknown: false }
  }
  return { right: false, said, unknown: false }
}

async function must(dialogue: LoaderDialogue, command: string): Promise<void> {
  const { code, output } = await dialogue.ask(command)
  if (code === 0) return
  const known = whyLoadFailed(output)
  const why = known ? ` because ${known.why}` : ''
  const sentence = `The board could not do \`${command}\` with its medium${why}. It said ${lastWords(output)}.`
  throw new LabError('PlaceBroken', sentence, { retryable: known?.retryable ?? true })
}

function notWritten(name: string, said: string, { crc32, sha256 }: Piece): LabError {
  const sentence = `${name} was written and is not read back: the board says ${said}, and it has crc32 ${crc32} and sha256 ${sha256}: the medium is failing, or is write-protected.`
  return new LabError('PlaceBroken', sentence, { retryable: true })
}
