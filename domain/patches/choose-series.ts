import { counted } from '../counted.ts'
import type { Mail } from './mail.ts'
import type { BrokenHunk } from './read-diffs.ts'
import { textOf } from './read-diffs.ts'

/** The patches of a mailbox in their order, or what is wrong with it. */
export type ChosenSeries =
  | { ok: true; patches: Mail[]; /** What was left out, a sentence each. */ said: string[] }
  | { ok: false; message: string; hint: string }

interface Refused {
  message: string
  hint: string
}

/**
 * Chooses what of a mailbox is applied: the newest version of its series, whole, in the order of its numbers; patches without
 * numbers in the order of the mailbox. What answers a mail is no patch, whatever diff it quotes or proposes. So do `b4 am` and
 * its users; unlike b4, which goes on, a series that is not whole is refused.
 * @param alone that the mailbox is one mail which was named by itself: then the others of its series may be elsewhere
 */
export function chooseSeries(mails: readonly Mail[], alone: boolean): ChosenSeries {
  const said: string[] = []
  const firstOf = new Map<string, Mail>()
  for (const mail of mails) if (!firstOf.has(mail.id)) firstOf.set(mail.id, mail)
  const distinct = mails.filter((mail) => mail.id === '' || firstOf.get(mail.id) === mail)
  const leaveOut = (mail: Mail) => {
    const what = diffsIn(mail)
    if (what !== '') said.push(`left out: ${nameOf(mail)} ${what}`)
  }
  for (const mail of distinct.filter(({ reply, number }) => reply || number === 0)) leaveOut(mail)
  const numbered = (mail: Mail) => !mail.reply && mail.number !== 0
  const withDiff = distinct.filter((mail) => numbered(mail) && (mail.tagged || mail.diffs.length > 0 || mail.broken))
  const tagged = withDiff.filter((mail) => mail.tagged)
  const candidates = tagged.length > 0 ? tagged : withDiff
  if (tagged.length > 0) for (const mail of withDiff) if (!mail.tagged) leaveOut(mail)
  const [first] = candidates
  if (first === undefined) return { ok: false, ...noPatch(distinct) }
  const version = Math.max(...candidates.map((mail) => mail.version))
  const newest = candidates.filter((mail) => mail.version === version)
  const older = candidates.filter((mail) => mail.version !== version)
  const series = newest.some(({ number }) => number !== undefined)
    ? wholeSeries(newest, alone, leaveOut)
    : inOrder(newest)
  if ('message' in series) return { ok: false, ...series }
  if (older.length > 0) {
    const stranger = strangerAmong(older, newest, distinct)
    if (stranger !== undefined) return { ok: false, ...twoSeries(stranger, newest[0]!) }
    said.push(`left out: v${[...new Set(older.map((mail) => mail.version))].join(', v')}, since v${version} is newer`)
  }
  for (const mail of series) {
    const wrong = damageOf(mail)
    if (wrong !== undefined) return { ok: false, ...wrong }
  }
  return { ok: true, patches: series, said }
}

/** A mail by its subject and who wrote it. */
export function nameOf({ subject, from }: Pick<Mail, 'subject' | 'from'>): string {
  return `"${subject}"${from === '' ? '' : ` by ${from}`}`
}

function wholeSeries(mails: readonly Mail[], alone: boolean, leaveOut: (mail: Mail) => void): Mail[] | Refused {
  const numbered = mails.filter(({ number }) => number !== undefined)
  for (const mail of mails) if (mail.number === undefined) leaveOut(mail)
  const [first] = numbered
  const stranger = numbered.find(({ of }) => of !== first!.of)
  if (stranger !== undefined) return twoSeries(first!, stranger)
  const found = new Map<number, Mail>()
  for (const mail of numbered) {
    const same = found.get(mail.number!)
    // An answer whose sender took `Re:` away has the patch's number, too.
    if (same !== undefined && isWithoutDiff(mail)) continue
    if (same !== undefined && !isWithoutDiff(same) && textOf(same.diffs) !== textOf(mail.diffs))
      return twoSeries(same, mail)
    if (same === undefined || isWithoutDiff(same)) found.set(mail.number!, mail)
  }
  const of = Math.max(first!.of!, ...found.keys())
  const missing = Array.from({ length: of }, (_, index) => index + 1).filter((number) => !found.has(number))
  if (missing.length > 0 && !alone)
    return {
      message: `${listOf(missing.map((number) => `${number}/${of}`))} of the series of ${nameOf(first!)} ${missing.length === 1 ? 'is' : 'are'} missing`,
      hint: 'save the whole thread, or name the mails that are to be applied one by one',
    }
  return [...found.entries()].toSorted(([one], [other]) => one - other).map(([, mail]) => mail)
}

function isWithoutDiff({ diffs, broken, html }: Mail): boolean {
  return diffs.length === 0 && broken === undefined && !html
}

function inOrder(mails: readonly Mail[]): Mail[] | Refused {
  const kept = new Map<string, Mail>()
  for (const mail of mails) {
    const title = mail.title || `${kept.size}`
    const twin = kept.get(title)
    if (twin !== undefined && textOf(twin.diffs) !== textOf(mail.diffs)) return twoSeries(twin, mail)
    if (twin === undefined) kept.set(title, mail)
  }
  return [...kept.values()]
}

function twoSeries(one: Mail, other: Mail): Refused {
  return {
    message: `${nameOf(one)} and ${nameOf(other)} are of two series, and nothing says which is meant`,
    hint: 'save each into a file of its own',
  }
}

/** An older version that has nothing to do with the newest: no title is the same, not even the cover's, nor is the thread. */
function strangerAmong(older: readonly Mail[], newest: readonly Mail[], all: readonly Mail[]): Mail | undefined {
  const idsOf = (mail: Mail) => [mail.id, ...mail.references].filter((id) => id !== '')
  const titles = Map.groupBy(all, ({ version }) => version)
  const newer = {
    titles: new Set(titles.get(newest[0]!.version)?.map(({ title }) => title)),
    ids: new Set(newest.flatMap(idsOf)),
  }
  const known = new Set<number>()
  for (const [version, mails] of titles) if (mails.some(({ title }) => newer.titles.has(title))) known.add(version)
  return older.find((mail) => !known.has(mail.version) && !idsOf(mail).some((id) => newer.ids.has(id)))
}

/** What of a mail is no whole patch. */
function damageOf(mail: Mail): Refused | undefined {
  const { broken } = mail
  if (broken !== undefined)
    return {
      message: `${nameOf(mail)} ${mail.flowed ? 'is format=flowed; ' : 'is damaged: '}the sender's client broke hunk ${broken.hunk} of ${broken.file} (${howOf(broken)})`,
      hint: 'ask for it as an attachment, or take it from where git send-email sent it',
    }
  if (mail.diffs.length > 0) return undefined
  if (mail.html)
    return { message: `${nameOf(mail)} is HTML alone`, hint: 'ask for it as plain text, by git send-email or attached' }
  return { message: `there is no diff in ${nameOf(mail)}`, hint: 'a patch is a mail with a unified diff' }
}

function howOf({ how, line }: BrokenHunk): string {
  if (how === 'cut') return 'lines are missing'
  if (how === 'too long') return 'it has lines too many'
  if (/^(\u00a0|\u00c2\u00a0)/.test(line)) return 'blanks became no-break spaces'
  const shown = line.replaceAll(/[^ -~]/g, '?')
  return `a line is "${shown.length > 40 ? `${shown.slice(0, 37)}...` : shown}", as of a line that was wrapped`
}

function noPatch(mails: readonly Mail[]): Refused {
  const cover = mails.find(({ number, reply }) => number === 0 && !reply)
  const replies = mails.filter(({ reply }) => reply)
  if (cover !== undefined)
    return { message: `this is the cover letter ${nameOf(cover)} without its patches`, hint: 'save the whole thread' }
  const [first] = replies.filter((mail) => mail.diffs.length > 0 || mail.quotes.length > 0)
  if (first !== undefined)
    return {
      message: `there is no patch here but ${nameOf(first)}, a reply that ${diffsIn(first)}`,
      hint: 'save the mail that it answers, or the diff alone',
    }
  const what = replies.length > 0 ? counted(replies.length, 'reply', 'replies') : counted(mails.length, 'mail')
  return { message: `there is no diff in it, in ${what}`, hint: 'save the mails that have the patches' }
}

/** What diffs a mail has, in words that go on after its name; empty for one that has none. */
function diffsIn({ diffs, broken, quotes }: Mail): string {
  const proposed = listOf([...new Set([...diffs.map(({ file }) => file), ...(broken ? [broken.file] : [])])])
  const parts = [
    ...(quotes.length > 0 ? [`quotes a diff of ${listOf(quotes)}`] : []),
    ...(proposed === '' ? [] : [`has a diff of ${proposed}`]),
  ]
  return parts.join(' and ')
}

function listOf(words: readonly string[]): string {
  const shown = words.length > 5 ? [...words.slice(0, 4), `${words.length - 4} more`] : words
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}
