import { LineReader } from '../../domain/console/line-reader.ts'
import { isConsole, speaksNormalWorld } from '../lines.ts'
import type { Line, TargetEnd } from '../powered.ts'

/**
 * What a kernel says last where it does not switch the machine off (kernel/panic.c, kernel/reboot.c, 6.18). A model knows
 * nothing of it: it would stand there, or boot again in the same process.
 */
const words: [says: RegExp, reason: string][] = [
  [/---\[ end Kernel panic - /, 'The kernel panicked and stood still; the model was ended.'],
  [/\breboot: System halted$/, 'The kernel halted; the model was ended.'],
  [/\breboot: Restarting system(?: with command '.*')?$/, 'The target asked for a reset; the model was ended instead.'],
]

/** Resolves when a kernel has said its last. To be called when the lines are read by others: what is said is not kept here. */
export function lastWords(lines: readonly Line[]): Promise<TargetEnd> {
  const { promise, resolve } = Promise.withResolvers<TargetEnd>()
  for (const line of lines) {
    if (!isConsole(line) || !speaksNormalWorld(line)) continue
    const reader = new LineReader()
    line.stream.on('data', (chunk: Buffer) => {
      for (const { text } of reader.push(chunk)) {
        const reason = words.find(([says]) => says.test(text.trimEnd()))?.[1]
        if (reason !== undefined) resolve({ kind: 'power-off', reason })
      }
    })
  }
  return promise
}
