import { describe, expect, it } from 'vitest'
import { keptBoots } from '../../../domain/inspect/log-reader.ts'
import { mostUnread } from '../../../domain/inspect/late-boot.ts'
import { RecentBytes } from '../../../domain/inspect/recent-bytes.ts'
import { boots, noInit, rawConsole } from '../probes/showing.ts'
import { readLog } from './read.ts'

const real = [boots.builtinPkvm, boots.modulePkvm, boots.linux7, noInit].map((boot) =>
  Buffer.from(rawConsole(boot, 'uart0')).toString('latin1'),
)

/** Boots of which some say much, have their log printed again or are interrupted, are damaged or cut. */
const loop = Array.from({ length: 22 }, (_, n) => {
  const whole = real[n % real.length]!
  // Those that are forgotten need not be long.
  const boot = n < 22 - keptBoots.last - 1 ? whole.slice(0, 10_000) : whole
  const printed = boot
    .split('\n')
    .filter((line) => line.startsWith('['))
    .join('\n')
  if (n % 5 === 1) return `${boot}\n# dmesg\n${printed}\n`
  if (n % 5 === 2) return `${boot}\n${'\0'.repeat(50)}\n${'y'.repeat(70_000)}\n`
  if (n % 5 === 4)
    return `${boot.replaceAll(/^(\[.*)calling .*$/gm, '$1\n** replaying previous printk message **\n$&')}\n`
  if (n === 20) return `${boot}\n${chatter(mostUnread + 100_000)}`
  return `${boot}\n`
})

function chatter(bytes: number): string {
  let text = ''
  for (let n = 0; text.length < bytes; n++)
    text += `[${(10 + n / 1000).toFixed(6).padStart(12)}] hrtimer: interrupt took ${n} ns\n`
  return text
}

describe('a boot that is read late', () => {
  const { boots: shown, bootCount } = readLog(Buffer.from(loop.join(''), 'latin1'))

  it('is one of those that are kept of a target that resets for ever', () => {
    expect(bootCount).toBe(loop.length)
    expect(shown).toHaveLength(keptBoots.first + keptBoots.last + 1)
  })

  it.each(Array.from({ length: keptBoots.last + 1 }, (_, n) => loop.length - 1 - n))(
    'shows what it shows when it is read at once: boot %i',
    (n) => {
      // The only boot of a log in which nothing is said before it.
      const before = loop.slice(0, n).join('').replaceAll(/[^\n]/g, 'z')
      const alone = readLog(Buffer.from(before + loop[n]!, 'latin1')).boots
      expect(alone).toHaveLength(1)
      const late = shown[shown.length - loop.length + n]!
      expect({ ...late, from: 0 }).toEqual({ ...alone[0]!, from: 0 })
      expect(late.from).toBe(before.split('\n').length)
      expect(late.log.lines.length).toBeGreaterThan(20)
    },
  )
})

describe('the bytes of late', () => {
  it('are there until they are forgotten, chunk by chunk', () => {
    const bytes = new RecentBytes(100)
    const chunk = Buffer.from('abcdef')
    bytes.push(chunk)
    chunk.fill('?')
    bytes.push(Buffer.from('ghi'))
    const text = (from: number, to: number) => Buffer.concat([...bytes.between(from, to)]).toString()
    expect(text(102, 108)).toBe('cdefgh')
    expect(text(100, 109)).toBe('abcdefghi')
    bytes.forget(105)
    expect(bytes.has(100)).toBe(true)
    bytes.forget(106)
    expect([bytes.has(105), bytes.has(106)]).toEqual([false, true])
    expect(text(106, 109)).toBe('ghi')
    bytes.forget(109)
    expect([bytes.has(108), bytes.has(109)]).toEqual([false, true])
  })
})
