import { counted } from '../../domain/counted.ts'
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
  env: NodeJS.ProcessEnv = process.env,
): Progress {
  // A dumb terminal cannot erase a line.
  const live = to.isTTY === true && env['TERM'] !== 'dumb'
  const room = (): number => (to.columns ?? 80) - 1
  let bottom = ''
  let spoken = 0
  const write = (line: string): void => {
    to.write(`${bottom && '\r\x1b[K'}${line}\n${bottom}`)
  }
  const setBottom = (line: string): void => {
    const cut = line.slice(0, room())
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
        if (live) setBottom(shortened(at, `${event.data.name}: `, buildWords(event.data), room()))
        else if (event.time - spoken >= keepAliveMs) {
          spoken = event.time
          write(line)
        }
        return
      }
      const line = sentenceOf(event, context)
      if (event.kind === 'build-started') spoken = event.time
      if (live && event.kind === 'stage') return setBottom(shortened(at, what, line, room()))
      if (event.kind === 'build-ended' || event.kind === 'attempt-ended') end()
      if (line) write(`${at}s  ${what}${line}`)
    },
  }
}

/** Where there is no room for all, the name gives way to what changes: its end first, then all of it. */
function shortened(at: string, name: string, words: string, room: number): string {
  const left = room - `${at}s  `.length - words.length
  if (name.length <= left) return `${at}s  ${name}${words}`
  const cut = left < shortestName ? '' : `${name.slice(0, left - 3)}…: `
  return `${at}s  ${cut}${words}`
}

/** Characters; less of a name says nothing. */
const shortestName = 8

type BuildProgress = Extract<Happened, { kind: 'build-progress' }>['data']

function buildLine(data: BuildProgress): string {
  return `${data.name}: ${buildWords(data)}`
}

/** What was expected is what builds like it took; one that takes more says only what it has done. */
function buildWords({ phase, done, expected, etaSeconds }: BuildProgress): string {
  if (done === 0) return phase
  if (phase === 'download') {
    const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)
    return `${phase} ${megabytes(done)}${expected === undefined ? '' : ` of ${megabytes(expected)}`} MB`
  }
  if (expected === undefined || done > expected) return `${phase} ${counted(done, 'step')}`
  const eta = etaSeconds === undefined ? '' : `, about ${Math.ceil(etaSeconds)} s left`
  return `${phase} ${done} of ${counted(expected, 'step')}${eta}`
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
