import type { Message } from '../domain/tell/message.ts'
import type { TellTarget } from '../domain/tell/telling.ts'
import { appendToFile } from './append-to-file.ts'
import { postWebhook } from './post-webhook.ts'
import { sendMail } from './send-mail.ts'

/**
 * Sends a message to where people look.
 * @returns what the other side said, for people
 * @throws LabError NotDelivered with what it said, or why it did not: retryable when it may go another time. The signal's
 *   reason when aborted
 */
export async function deliverMessage(message: Message, to: TellTarget, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted()
  switch (to.kind) {
    case 'mail':
      return await sendMail(message, to, signal)
    case 'webhook':
      return await postWebhook(message, to, signal)
    case 'file':
      return await appendToFile(message, to)
  }
}
