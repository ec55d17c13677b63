import { expect, it } from 'vitest'
import { chooseSeries } from '../../../domain/patches/choose-series.ts'
import { readMail, type Mail, type MailPart } from '../../../domain/patches/mail.ts'

const diff = (file: string, line = 'y') =>
  `---\n--- a/${file}\n+++ b/${file}\n@@ -1,2 +1,2 @@\n one\n-x\n+${line}\n-- \n2.39\n`
const wrapped = diff('a.c').replace(' one', ' one and\nmore')

interface Given {
  from?: string
  id?: string
  answers?: string
  type?: string
  flowed?: MailPart['flowed']
}
const mail = (
  subject: string,
  text: string,
  { from = 'A', id = '', answers, type = 'text/plain', flowed }: Given = {},
): Mail =>
  readMail({
    subject,
    from,
    id,
    references: answers === undefined ? [] : [answers],
    parts: [{ type, text, ...(flowed && { flowed }) }],
  })

const cover = mail('[PATCH v2 0/2] two things', 'Hi\n')
const first = mail('[PATCH v2 1/2] one', diff('a.c'))
const second = mail('[PATCH v2 2/2] two', diff('b.c'))
const older = [mail('[PATCH 1/2] one', diff('a.c', 'old')), mail('[PATCH 2/2] another', diff('b.c', 'old'))]
const quoting = mail('Re: [PATCH v2 1/2] one', `> ${diff('a.c').replaceAll('\n', '\n> ')}\nFine.\n`, { from: 'B' })
const proposing = mail('Re: [PATCH v2 1/2] one', `How about\n\n${diff('c.c')}`, { from: 'B' })
const both = mail('Re: [PATCH v2 1/2] one', `> +++ b/a.c\n\nHow about\n\n${diff('c.c')}`, { from: 'B' })

it.each<[what: string, mails: Mail[], patches: Mail[], said: string[]]>([
  ['one patch', [mail('[PATCH] a', diff('a'))], [mail('[PATCH] a', diff('a'))], []],
  ['a series with its cover letter', [cover, first, second], [first, second], []],
  ['a series out of order', [second, cover, first], [first, second], []],
  [
    'patches without numbers, in their order',
    [mail('[PATCH] z', diff('z')), mail('[PATCH] a', diff('a'))],
    [mail('[PATCH] z', diff('z')), mail('[PATCH] a', diff('a'))],
    [],
  ],
  [
    'mails without brackets, as format-patch -k writes them',
    [mail('z', diff('z')), mail('a', diff('a'))],
    [mail('z', diff('z')), mail('a', diff('a'))],
    [],
  ],
  ['the newest version', [...older, cover, first, second], [first, second], ['left out: v1, since v2 is newer']],
  [
    'a mail that came twice, by its id',
    [mail('[PATCH] a', diff('a'), { id: '<1>' }), mail('[PATCH] a', diff('a'), { id: '<1>' })],
    [mail('[PATCH] a', diff('a'), { id: '<1>' })],
    [],
  ],
  ['a patch that came twice, by its diff', [first, second, first], [first, second], []],
  [
    'replies without diffs are not told',
    [first, second, mail('Re: [PATCH v2 1/2] one', 'Reviewed-by: B\n')],
    [first, second],
    [],
  ],
  [
    'a quoted diff',
    [first, quoting, second],
    [first, second],
    ['left out: "Re: [PATCH v2 1/2] one" by B quotes a diff of a.c'],
  ],
  [
    'a proposed diff',
    [first, second, proposing],
    [first, second],
    ['left out: "Re: [PATCH v2 1/2] one" by B has a diff of c.c'],
  ],
  [
    'both in one reply',
    [first, second, both],
    [first, second],
    ['left out: "Re: [PATCH v2 1/2] one" by B quotes a diff of a.c and has a diff of c.c'],
  ],
  [
    'a diff without brackets beside patches',
    [first, second, mail('my test', diff('t.c'), { from: 'B' })],
    [first, second],
    ['left out: "my test" by B has a diff of t.c'],
  ],
  [
    'an answer whose sender took Re: away',
    [first, mail('[PATCH v2 1/2] one', 'Applied, thanks.\n'), second],
    [first, second],
    [],
  ],
  [
    'a patch without a number beside numbers',
    [first, second, mail('[PATCH v2] fix', diff('f.c'), { from: 'B' })],
    [first, second],
    ['left out: "[PATCH v2] fix" by B has a diff of f.c'],
  ],
])('of a mailbox is applied: %s', (_what, mails, patches, said) => {
  expect(chooseSeries(mails, false)).toEqual({ ok: true, patches, said })
})

it('a mail that was named by itself may be a part of a series', () => {
  expect(chooseSeries([second], true)).toEqual({ ok: true, patches: [second], said: [] })
})

it('older versions of another title belong to the newest by their thread', () => {
  const one = mail('[PATCH] one', diff('a.c', 'old'), { id: '<1>' })
  const renamed = mail('[PATCH v2] first', diff('a.c'), { id: '<2>', answers: '<1>' })
  expect(chooseSeries([one, renamed], false)).toMatchObject({ ok: true, patches: [renamed] })
})

const whole = 'save the whole thread, or name the mails that are to be applied one by one'
const own = 'save each into a file of its own'
const attached = 'ask for it as an attachment, or take it from where git send-email sent it'

it.each<[what: string, mails: Mail[], message: string, hint: string]>([
  ['a part that is missing', [cover, first], '2/2 of the series of "[PATCH v2 1/2] one" by A is missing', whole],
  [
    'parts that are missing',
    [mail('[PATCH 2/4] x', diff('x'))],
    '1/4, 3/4 and 4/4 of the series of "[PATCH 2/4] x" by A are missing',
    whole,
  ],
  [
    'a newest version that is not whole',
    [...older, second],
    '1/2 of the series of "[PATCH v2 2/2] two" by A is missing',
    whole,
  ],
  [
    'a cover letter alone',
    [cover],
    'this is the cover letter "[PATCH v2 0/2] two things" by A without its patches',
    'save the whole thread',
  ],
  [
    'a reply alone',
    [both],
    'there is no patch here but "Re: [PATCH v2 1/2] one" by B, a reply that quotes a diff of a.c and has a diff of c.c',
    'save the mail that it answers, or the diff alone',
  ],
  [
    'mails without a diff',
    [mail('Hi', 'Hello\n')],
    'there is no diff in it, in 1 mail',
    'save the mails that have the patches',
  ],
  [
    'a patch without its diff',
    [mail('[PATCH] x', 'Hello\n')],
    'there is no diff in "[PATCH] x" by A',
    'a patch is a mail with a unified diff',
  ],
  [
    'two series',
    [first, second, mail('[PATCH v2 1/3] z', diff('z'))],
    '"[PATCH v2 1/2] one" by A and "[PATCH v2 1/3] z" by A are of two series, and nothing says which is meant',
    own,
  ],
  [
    'two mails of one number',
    [first, second, mail('[PATCH v2 1/2] other', diff('z'), { from: 'B' })],
    '"[PATCH v2 1/2] one" by A and "[PATCH v2 1/2] other" by B are of two series, and nothing says which is meant',
    own,
  ],
  [
    'versions of patches that have nothing in common',
    [mail('[PATCH] one', diff('a')), mail('[PATCH v3] two', diff('b'))],
    '"[PATCH] one" by A and "[PATCH v3] two" by A are of two series, and nothing says which is meant',
    own,
  ],
  [
    'two mails of one title',
    [mail('[PATCH] x', diff('a')), mail('[PATCH] x', diff('b'))],
    '"[PATCH] x" by A and "[PATCH] x" by A are of two series, and nothing says which is meant',
    own,
  ],
  [
    'HTML alone',
    [mail('[PATCH] x', `<pre>${diff('a')}</pre>`, { type: 'text/html' })],
    '"[PATCH] x" by A is HTML alone',
    'ask for it as plain text, by git send-email or attached',
  ],
  [
    'a line that was wrapped',
    [mail('[PATCH] x', wrapped)],
    `"[PATCH] x" by A is damaged: the sender's client broke hunk 1 of a.c (a line is "more", as of a line that was wrapped)`,
    attached,
  ],
  [
    'format=flowed that cannot be undone',
    [mail('[PATCH] x', diff('a.c').replace(' one\n', '  one \n'), { flowed: { deleteSpace: false } })],
    `"[PATCH] x" by A is format=flowed; the sender's client broke hunk 1 of a.c (lines are missing)`,
    attached,
  ],
  [
    'no-break spaces',
    [mail('[PATCH] x', diff('a.c').replace(' one', '\xc2\xa0one'))],
    `"[PATCH] x" by A is damaged: the sender's client broke hunk 1 of a.c (blanks became no-break spaces)`,
    attached,
  ],
])('a mailbox is refused: %s', (_what, mails, message, hint) => {
  expect(chooseSeries(mails, false)).toEqual({ ok: false, message, hint })
})
