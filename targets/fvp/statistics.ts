/** What a model says of its own run, by `--stat`: seconds, unless it says otherwise. */
export interface Statistics {
  /** How long the run was for the target. */
  simulated: number
  /** How long it was for us. */
  wall: number
  /** CPU time of the host. */
  user: number
  system: number
  /** Seconds of the target in one of ours. */
  rate: number
  /** How fast each CPU was, by its name: million instructions a second of ours. */
  mips: Record<string, number>
}

const row = /^(\w[\w. ]*?) *: +([\d.]+)( MIPS|s?\b)/

/**
 * Reads the statistics in what a model printed, the last ones when there are several. They come with an orderly end
 * alone: a model that was killed or that broke has none.
 * @param text the model's standard output
 */
export function readStatistics(text: string): Statistics | undefined {
  const [, block] = /^[\s\S]*^--- \S+ statistics: -+$([\s\S]*)/m.exec(text.replaceAll('\r', '')) ?? []
  if (block === undefined) return undefined
  const values = new Map<string, number>()
  const mips: Record<string, number> = {}
  for (const line of block.split('\n').slice(1)) {
    if (/^-+$/.test(line)) break
    const [, name, value, unit] = row.exec(line) ?? []
    if (name === undefined) continue
    if (unit === ' MIPS') mips[name] = Number(value)
    else values.set(name, Number(value))
  }
  const [simulated, wall] = [values.get('Simulated time'), values.get('Wall time')]
  if (simulated === undefined || wall === undefined) return undefined
  const rate = wall > 0 ? simulated / wall : 0
  return { simulated, wall, user: values.get('User time') ?? 0, system: values.get('System time') ?? 0, rate, mips }
}

/**
 * Why a model ended that was neither told to nor off: a limit that was put on it. Undefined when it does not say so.
 * @param text the model's standard output
 */
export function limitReached(text: string): string | undefined {
  return /Simulation is stopping\. Reason: ([^\r\n]+)/.exec(text)?.[1]?.trim()
}
