import type { Context } from '../context.ts'
import type { Checked } from '../../targets/place/check-line.ts'

type Paint = Context['paint']

/** One line of a lab's file, as it is told while the others are still being tried. */
export function checkedLine({ at, what, outcome, said }: Checked, paint: Paint): string {
  const words = { fine: paint.green('fine'), broken: paint.red('broken'), skipped: paint.yellow('not tried') }
  return `${at}: ${words[outcome]}: ${what}: ${said}`
}

/** What came of all lines: the broken ones where editors look for them, and how many were fine. */
export function labCheckReport(file: string, lines: readonly Checked[], paint: Paint): string {
  const broken = lines.filter(({ outcome }) => outcome === 'broken')
  const count = (wanted: Checked['outcome']): number => lines.filter(({ outcome }) => outcome === wanted).length
  const skipped = count('skipped') === 0 ? '' : `, ${count('skipped')} not tried`
  const counts = `${count('fine')} fine${skipped}`
  const sum = broken.length === 0 ? paint.green('nothing is broken') : paint.red(`${broken.length} broken`)
  return [...broken.map(({ at, what, said }) => `${at}: ${what}: ${said}`), `${file}: ${sum}, ${counts}`].join('\n')
}

/** Lines in the order of their file. */
export function inFileOrder(lines: readonly Checked[]): Checked[] {
  const place = ({ at }: Checked): [number, number] => {
    const [line = 0, column = 0] = /:(\d+):(\d+)$/.exec(at)?.slice(1).map(Number) ?? []
    return [line, column]
  }
  return lines.toSorted((a, b) => place(a)[0] - place(b)[0] || place(a)[1] - place(b)[1])
}
