import type { Happened } from '../follow.ts'
import type { Context } from '../context.ts'
import { paintVerdict } from './paint.ts'

/** Shows events as they come: on a terminal with one changing line at the bottom, elsewhere one line a change. */
export interface Progress {
  show(event: Happened): void
  /** Takes the changing line away. */
  end(): void
}

interface Terminal {
  isTTY?: boolean
  columns?: number
  write(text: string): unknown
}

/** Without a terminal a build says something this often, so that a CI job is not taken for dead. */
const keepAliveMs = 60_000

/**
 * @param cells the ids of the run's cells, in the order of their numbers.
 * @param since epoch ms that times are counted from.
 */
export function makeProgress(
  context: Context,
  cells: string[],
  since: number,
  to: Terminal = process.stderr,
): Progress {
  const live = to.isTTY === true
  let bottom = ''
  let spoken = 0
  const write = (line: string): void => {
    to.write(`${bottom && '\r\x1b[K'}${line}\n${bottom}`)
  }
  const setBottom = (line: string): void => {
    const cut = line.slice(0, (to.columns ?? 80) - 1)
    to.write(`\r\x1b[K${cut}`)
    bottom = cut
  }
  const end = (): void => {
    if (bottom) to.write('\r\x1b[K')
    bottom = ''
  }
  return {
    end,
    show(event) {
      const at = ((event.time - since) / 1000).toFixed(1).padStart(6)
      const what = event.cell === null ? '' : `${cells[event.cell - 1] ?? event.cell}: `
      if (event.kind === 'build-progress') {
        const line = `${at}s  ${buildLine(event.data)}`
        if (live) setBottom(line)
        else if (event.time - spoken >= keepAliveMs) {
          spoken = event.time
          write(line)
        }
        return
      }
      const line = sentenceOf(event, context)
      if (event.kind === 'build-started') spoken = event.time
      if (live && event.kind === 'stage') return setBottom(`${at}s  ${what}${line}`)
      if (event.kind === 'build-ended' || event.kind === 'attempt-ended') end()
      if (line) write(`${at}s  ${what}${line}`)
    },
  }
}

function buildLine(data: {
  name: string
  phase: string
  done: number
  expected?: number
  etaSeconds?: number
}): string {
  const of = data.expected === undefined ? '' : ` of ${data.expected}`
  const eta = data.etaSeconds === undefined ? '' : `, about ${Math.ceil(data.etaSeconds)} s left`
  return `${data.name}: ${data.phase}${data.done > 0 ? ` ${data.done}${of} steps` : ''}${eta}`
}

/** How long an attempt took; one that never came to its power-on took no time. */
function afterSeconds({ seconds }: { seconds: number }): string {
  return seconds < 0.05 ? '' : ` after ${seconds.toFixed(1)} s`
}

function sentenceOf(event: Happened, context: Context): string {
  const { paintTalk: paint } = context
  switch (event.kind) {
    case 'build-started':
      return `building ${event.data.name}`
    case 'build-ended': {
      const { name, ok, seconds, message } = event.data
      return ok ? `built ${name} in ${seconds.toFixed(1)} s` : paint.red(`${name} failed: ${message}`)
    }
    case 'say':
      return event.data.text
    case 'attempt-started':
      return `attempt ${event.attempt} on ${event.data.place}`
    case 'stage':
      return `attempt ${event.attempt} ${event.data.stage} (+${event.data.seconds.toFixed(2)} s)`
    case 'attempt-ended':
      return `attempt ${event.attempt} ${event.data.ending}${afterSeconds(event.data)}: ${event.data.sentence}`
    case 'verdict':
      return `${paintVerdict(event.data.verdict, paint)}: ${event.data.sentence}`
    case 'run-ended':
      return ''
    case 'build-progress':
      return buildLine(event.data)
  }
}
