import type { Message, MessageData } from './message.ts'
import type { WebhookTarget } from './telling.ts'

/** What a web server is asked. */
export interface WebhookRequest {
  method: 'POST' | 'PUT'
  /** Behind the address that is given; empty where that is all. */
  path: string
  body: object
}

/** A message as a request in the shape that a web server takes. */
export function webhookRequest(
  message: Message,
  { shape, room }: Pick<WebhookTarget, 'shape' | 'room'>,
): WebhookRequest {
  switch (shape) {
    case 'json':
      return { method: 'POST', path: '', body: jsonBody(message) }
    case 'slack':
      return { method: 'POST', path: '', body: slackBody(message) }
    case 'matrix': {
      // The last part names the request: however often it is sent, the room has it once.
      const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room ?? '')}/send/m.room.message/${message.id}`
      return { method: 'PUT', path, body: matrixBody(message) }
    }
  }
}

/** What a program gets: everything. */
export function jsonBody({ id, thread, subject, text, written, data }: Message): MessageData & { id: string } {
  const told = { written: new Date(written).toISOString(), subject, text }
  return { ...data, id, ...(thread !== undefined && { thread }), ...told }
}

/** Slack takes so many characters in one section, and so many blocks in a message. */
const slackSection = 3_000
const slackBlocks = 50
/** What stands around a section's text: ``` and a line feed, before and behind. */
const fence = 8

/**
 * A message as Slack's incoming webhooks take it: the subject, and the text in blocks of fixed width, whole lines in each
 * where they fit. What is more than Slack takes is left out, and it is said.
 */
function slackBody({ subject, text }: Message): object {
  const most = slackSection * slackBlocks
  const pieces = cutLines(text.trimEnd().slice(0, most), slackSection - fence, (part) => slackEscaped(part).length)
  const kept = pieces.slice(0, slackBlocks - 2)
  const lost = pieces.length > kept.length || text.length > most
  return {
    text: slackEscaped(subject),
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: `*${slackEscaped(subject)}*` } },
      ...kept.map((piece) => ({
        type: 'section',
        text: { type: 'mrkdwn', text: `\`\`\`\n${slackEscaped(piece)}\n\`\`\`` },
      })),
      ...(lost
        ? [{ type: 'section', text: { type: 'plain_text', text: 'The rest is longer than Slack takes.' } }]
        : []),
    ],
  }
}

/** The three characters that mean something to Slack, and the fence, which would end the block. */
function slackEscaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('```', "'''")
}

/** An event of Matrix may have 65,536 bytes, and the text stands in it twice. */
const matrixText = 24_000

/** A message as Matrix' m.room.message: a notice, with the text in fixed width for whoever shows HTML. */
function matrixBody({ subject, text }: Message): object {
  const [kept = '', ...lost] = cutLines(text.trimEnd().slice(0, matrixText), matrixText, sizeInEvent)
  const rest = lost.length > 0 || text.length > matrixText ? '\nThe rest is longer than Matrix takes.' : ''
  return {
    msgtype: 'm.notice',
    body: `${subject}\n\n${kept}${rest}`,
    format: 'org.matrix.custom.html',
    formatted_body: `<strong>${htmlEscaped(subject)}</strong><pre><code>${htmlEscaped(kept + rest)}</code></pre>`,
  }
}

/** Bytes, as JSON of HTML. */
function sizeInEvent(piece: string): number {
  return new TextEncoder().encode(JSON.stringify(htmlEscaped(piece))).length
}

function htmlEscaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/**
 * Takes a text apart into pieces of at most some size, between lines where that can be.
 * @param sizeOf of a part: those of several parts add up to no less than that of all of them
 */
function cutLines(text: string, most: number, sizeOf: (part: string) => number): string[] {
  const pieces: string[][] = []
  let left = 0
  for (const line of text.split('\n').flatMap((each) => cutLine(each, most, sizeOf))) {
    const size = sizeOf(`\n${line}`)
    if (size > left) {
      pieces.push([])
      left = most + sizeOf('\n')
    }
    pieces.at(-1)!.push(line)
    left -= size
  }
  return pieces.map((lines) => lines.join('\n'))
}

/** A line that is too long by itself, in parts that fit for sure: what one character becomes has twelve bytes at most. */
function cutLine(line: string, most: number, sizeOf: (piece: string) => number): string[] {
  if (sizeOf(line) <= most) return [line]
  return line.match(new RegExp(`[^]{1,${Math.floor(most / 12)}}`, 'gu')) ?? []
}
