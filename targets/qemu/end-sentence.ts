import { inSeconds } from '../stop-sentence.ts'
import type { QmpEvent } from './qmp.ts'

/**
 * Why the machine went off by itself; empty for a plain power-off. The reasons are QEMU's ShutdownCause, qapi/run-state.json.
 * @param event QEMU's SHUTDOWN event
 */
export function shutdownSentence(event: QmpEvent): string {
  const reason = String(event.data?.['reason'])
  if (reason === 'guest-shutdown') return ''
  if (reason === 'guest-reset') return 'The target asked for a reset, which powers this machine off.'
  if (reason === 'guest-panic') return 'The target told QEMU that it panicked.'
  return `QEMU gives ${reason} as the reason for the power-off.`
}

/** QEMU gave no sign of life for so many seconds, while we ran. */
export function stillSentence(seconds: number): string {
  return `QEMU did not answer on its control connection for ${inSeconds(seconds)}: it was stopped, or its host gave it no time; the target was powered off.`
}
