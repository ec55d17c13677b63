import type { Wording } from '../domain/tell/message.ts'
import { oneLine } from './subject.ts'
import { wrap } from './wrap.ts'

/** A line as long as consoles have them, and as no mailer may break it. */
const longLine = `[    0.000000] Kernel command line: ${Array.from({ length: 12 }, (_, at) => `parameter${at}=value`).join(' ')}`

/**
 * A message that only shows that messages get there, and how they look.
 * @param file where the schedule stands
 */
export function wordTest(schedule: string, file: string): Wording {
  return {
    subject: oneLine(`${schedule}: a test`),
    text: [
      ...wrap(
        `This is a test: somebody typed \`hyplab schedule tell ${schedule} --test\`. No night has anything to tell.`,
        '',
      ),
      '',
      ...wrap(`Who is told of the nights of ${schedule} stands in`, ''),
      file,
      '',
      'A line of a console looks like this, on one line however long it is:',
      '',
      longLine,
      '',
    ].join('\n'),
    data: { schemaVersion: 1, kind: 'test', schedule, news: [] },
  }
}
