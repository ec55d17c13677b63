import { stages, type Stage } from '../../domain/stage/stage.ts'
import { qemuChannels, recordChannel } from './channels.ts'
import type { Expired } from './patience.ts'
import type { QmpEvent } from './qmp.ts'

/** Something that was said: on which channel, and in which stage the boot was then. */
export interface Word {
  channel: string
  stage: Stage
}

/** Who spoke last. */
export interface LastWords {
  /** Of those whose silence is counted: every world until the kernel runs, then the normal world. */
  last?: Word
  /** Of the others, when it was later. */
  beside?: Word
}

/** Which stage was silent for how long, and which world spoke last. */
export function expiredSentence({ kind, stage, seconds, limit }: Expired, { last, beside }: LastWords): string {
  const spoke = last ? `${speaker(last)} spoke last` : 'no world has said anything at all'
  if (kind === 'silence') {
    const nothing = `nothing was said ${beside ? 'by the normal world ' : ''}for ${inSeconds(seconds)} (limit ${inSeconds(limit)})`
    return `Stage ${stage}: ${nothing}${beside ? `, while ${speaker(beside)} went on` : ''}; ${spoke}.`
  }
  return `Stage ${stage}: no later stage was reached in ${inSeconds(seconds)} (limit ${inSeconds(limit)}), although there was output; ${beside ? `${speaker(beside)} spoke last` : spoke}.`
}

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

function speaker({ channel, stage }: Word): string {
  if (channel === recordChannel) return `NS (init, on the record channel)`
  const worlds = qemuChannels.find(({ name }) => name === channel)?.worlds ?? []
  // EL3 and NS share a UART: TF-A has it until it hands over.
  const handedOver = stages.indexOf(stage) >= stages.indexOf('bl33')
  const world = worlds.includes('NS') && worlds.includes('EL3') ? (handedOver ? 'NS' : 'EL3') : worlds[0]
  return `${world} on ${channel}`
}

function inSeconds(seconds: number): string {
  return `${Number(seconds.toFixed(1))} s`
}
