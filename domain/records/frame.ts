import { crc32 } from './crc32.ts'
import type { RecordBody } from './record.ts'

/**
 * The frame around a record: `HYP1 <sequence> <length> <crc32> <payload>` and a line feed, printable ASCII only.
 * `length` counts the payload's bytes, and says where the frame ends if the kernel's words stand behind it on its line; `crc32` is eight hex digits over `<sequence> <length> <payload>`, so that a flipped
 * digit in the sequence number is noticed too. The payload is compact JSON of a RecordBody. `guest/init/frame.c` is the
 * sender.
 */
export const magic = 'HYP1 '

/** Longest payload, bytes: a serial line at 115200 baud says it in under 0.2 s, so a resend is cheap. */
export const maxPayload = 2000

/** Highest sequence number: bounds what a broken guest can make us keep or ask for. */
export const maxSequence = 10_000

/** Longest frame without its line feed. */
export const maxFrame = magic.length + `${maxSequence} ${maxPayload} 01234567 `.length + maxPayload

const header = /^HYP1 ([1-9]\d{0,4}) ([1-9]\d{0,3}) ([0-9a-f]{8}) /
const printable = /^[\x20-\x7e]*$/

/** A frame whose checksum held. Its payload may still be nonsense. */
export interface Frame {
  sequence: number
  payload: string
}

/** A record as the payload of a frame: JSON in which every character outside printable ASCII is escaped. */
export function payloadOf(body: RecordBody): string {
  return JSON.stringify(body).replace(
    /[^\x20-\x7e]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** The line for a payload, with its line feed. The caller keeps to printable ASCII, `maxPayload` and `maxSequence`. */
export function encodeFrame({ sequence, payload }: Frame): string {
  const checked = `${sequence} ${payload.length}`
  return `${magic}${checked} ${checksum(checked, payload)} ${payload}\n`
}

/** The frame that a text (without line feed) is, from its first to its last character; undefined when it is not exactly one. */
export function decodeFrame(text: string): Frame | undefined {
  const match = header.exec(text)
  if (match === null) return undefined
  const [start, sequence, length, crc] = match
  const payload = text.slice(start.length)
  if (Number(sequence) > maxSequence || payload.length !== Number(length) || payload.length > maxPayload)
    return undefined
  if (!printable.test(payload) || checksum(`${sequence} ${length}`, payload) !== crc) return undefined
  return { sequence: Number(sequence), payload }
}

/**
 * The frame that a text begins with, and how many characters it has: `length` says where its payload ends, and what stands
 * behind that, as a line of the kernel, is none of it. Undefined when the text does not begin with a whole one.
 */
export function frameAtStart(text: string): { frame: Frame; length: number } | undefined {
  const match = header.exec(text)
  if (match === null) return undefined
  const length = match[0].length + Number(match[2])
  const frame = decodeFrame(text.slice(0, length))
  return frame && { frame, length }
}

/** The index behind the whole frame of a line inside which an index lies; -1 where it lies in none. */
export function frameEnd(text: string, index: number): number {
  const from = Math.max(0, index - maxFrame)
  for (let at = text.lastIndexOf(magic, index); at >= from; at = at === 0 ? -1 : text.lastIndexOf(magic, at - 1)) {
    const end = at + (frameAtStart(text.slice(at))?.length ?? 0)
    if (end > index) return end
  }
  return -1
}

function checksum(checked: string, payload: string): string {
  return crc32(`${checked} ${payload}`).toString(16).padStart(8, '0')
}
