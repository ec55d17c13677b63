/** Patches as mails, in the forms in which people have them: the tree is what `git am` makes of the same series. */
import { mkdtemp, rm } from 'node:fs/promises'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import MailComposer from 'nodemailer/lib/mail-composer/index.js'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { applyPatches } from '../../../builds/source/patches.ts'
import { splitMailbox } from '../../../domain/patches/split-mailbox.ts'
import { commitAll, git, makeRepository, makeWorld, writeFiles } from './world.ts'

const lines = Array.from({ length: 40 }, (_, n) => `\tline(${n});`)
const text = (change: (lines: string[]) => void = () => {}) => {
  const changed = [...lines]
  change(changed)
  return `${changed.join('\n')}\n`
}

let shared: string
let origin: string
let base: string
/** The series as `git format-patch --stdout` tells it, with a cover letter. */
let mbox: string
/** What `git am` makes of it: the id of its tree. */
let wanted: string

beforeAll(async () => {
  shared = await mkdtemp(join(tmpdir(), 'hyplab-mails-'))
  origin = join(shared, 'origin')
  const files = { 'a.c': text(), 'old.txt': text(), 'gone.txt': 'x\ny', 'run.sh': '#!/bin/sh\n' }
  base = makeRepository(origin, files).commit
  const step = (files: Record<string, string>, subject: string) => {
    writeFiles(origin, files)
    commitAll(origin)
    git(origin, 'commit', '-q', '--amend', '-m', subject)
  }
  const wide = `\tpr_info("${'é and more than a line of mail has, '.repeat(4)}");`
  step(
    { 'a.c': text((a) => a.splice(10, 1, 'From here on', '', '-- ', wide, '.')) },
    'Change a: ä\n\n> diff --git a/z b/z',
  )
  git(origin, 'mv', 'old.txt', 'new name.txt')
  git(origin, 'update-index', '--chmod=+x', 'run.sh')
  git(origin, 'checkout', '-q', 'run.sh')
  step({ 'new name.txt': text((b) => b.splice(30, 1, 'end ')) }, 'Rename, and change a mode')
  git(origin, 'rm', '-q', 'gone.txt')
  step({ 'sub/new.c': 'no newline at its end' }, 'Add and remove')
  mbox = `${git(origin, 'format-patch', '--stdout', '-v2', '--cover-letter', base)}\n`
  git(origin, 'checkout', '-q', '-b', 'base', base)
  git(origin, 'checkout', '-q', '-b', 'applied')
  writeFileSync(join(shared, 'series.mbox'), withoutCover(mbox))
  git(origin, 'am', '-q', join(shared, 'series.mbox'))
  wanted = git(origin, 'rev-parse', 'HEAD^{tree}')
  git(origin, 'checkout', '-q', '-b', 'flowed', base)
  step({ 'a.c': text((a) => a.splice(10, 1, 'From here on', '', '>> 1', wide)) }, 'Change what a client wraps')
  git(origin, 'checkout', '-q', 'base')
})
afterAll(async () => await rm(shared, { recursive: true, force: true }))

let world: ReturnType<typeof makeWorld>
beforeEach(() => {
  world = makeWorld()
})

/** `git am` takes a cover letter for a patch without a diff. */
const withoutCover = (series: string) => series.slice(series.indexOf('\nFrom ') + 1)
const mailsOf = (series: string) => {
  const mailbox = splitMailbox(Buffer.from(series).toString('latin1'))
  return mailbox.of === 'mbox' ? mailbox.mails : []
}
const latin1 = (mail: string) => Buffer.from(mail, 'latin1')

/** The id of the tree that a file or folder of patches makes of the base. */
async function treeWith(path: string): Promise<string> {
  const tree = join(world.folder, 'tree')
  cpSync(origin, tree, { recursive: true })
  await applyPatches([path], { tree, from: 'origin', fuzz: 0 }, world.context)
  git(tree, 'add', '-A')
  return git(tree, 'write-tree')
}

/** A mail as another client writes it. */
async function rewritten(mail: string, textEncoding: 'base64' | 'quoted-printable'): Promise<Buffer> {
  const whole = latin1(mail).toString('utf8')
  const head = whole.slice(0, whole.indexOf('\n\n'))
  const subject = /^Subject: (.*(?:\n .*)*)/m.exec(head)![1]!
  const body = whole.slice(head.length + 2)
  return await new MailComposer({ from: 'a@example.org', subject, text: body, textEncoding }).compile().build()
}

type Form = (series: string, folder: string) => string | Promise<string>
const file = (folder: string, name: string, content: string | Buffer) => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const formatted =
  (...how: string[]): Form =>
  (_, folder) =>
    file(folder, 'x.mbox', `${git(origin, 'format-patch', '--stdout', ...how, `${base}..main`)}\n`)
const encoded =
  (encoding: 'base64' | 'quoted-printable'): Form =>
  async (series, folder) => {
    for (const [n, mail] of mailsOf(series).entries()) file(folder, `${9 - n}.eml`, await rewritten(mail, encoding))
    return folder
  }
const forms: Record<string, Form> = {
  'a mailbox': (series, folder) => file(folder, 'x.mbox', series),
  'a packed mailbox': (series, folder) => file(folder, 't.mbox.gz', gzipSync(series)),
  'a mailbox with CR LF': (series, folder) => file(folder, 'x.mbox', series.replaceAll('\n', '\r\n')),
  'a mailbox of mailman’s or lore’s kind': (series, folder) =>
    file(folder, 'x.mbox', series.replaceAll(/^From [0-9a-f]{40} .*$/gm, 'From mboxrd@z Thu Jan  1 00:00:00 1970')),
  attachments: formatted('--attach'),
  'parts in line': formatted('--inline'),
  'patches without numbers': formatted('-N'),
  'a folder of mails, out of order': (series, folder) => {
    mailsOf(series).forEach((mail, n) => file(folder, `${9 - n}.eml`, latin1(mail)))
    return folder
  },
  'a Maildir': (series, folder) => {
    mailsOf(series).forEach((mail, n) => file(join(folder, n % 2 ? 'cur' : 'new'), `${9 - n}.host:2,S`, latin1(mail)))
    return folder
  },
  base64: encoded('base64'),
  'quoted-printable': encoded('quoted-printable'),
}

it.each(Object.entries(forms))('a series as %s is what git am makes of it', async (_name, form) => {
  expect(await treeWith(await form(mbox, join(world.folder, 'mails')))).toBe(wanted)
})

it('a diff that a reply quotes and one that it proposes are not applied', async () => {
  const [, first] = mailsOf(mbox)
  const reply = `From b@x Thu Jan  1 00:00:00 2026\nFrom: B <b@x>\nSubject: Re: [PATCH v2 1/3] Change a\n\n`
  const quoted = latin1(first!).toString('utf8').replaceAll(/^/gm, '> ')
  const proposed = '\n--- a/run.sh\n+++ b/run.sh\n@@ -1 +1 @@\n-#!/bin/sh\n+#!/bin/bash\n'
  expect(await treeWith(file(world.folder, 'thread.mbox', `${mbox}\n${reply}${quoted}${proposed}`))).toBe(wanted)
})

it('a mail whose message has a diff of its own, indented, changes only what its patch does', async () => {
  const indented = '  --- a/run.sh\n  +++ b/run.sh\n  @@ -1 +1 @@\n  -#!/bin/sh\n  +#!/bin/bash\n'
  const mail = `From: a@x\nSubject: [PATCH] x\n\nThis undoes\n\n${indented}\n---\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-\tline(0);\n+0\n \tline(1);\n`
  const fixed = mail.replace('@@ -1 +1 @@\n-\tline', '@@ -1,2 +1,2 @@\n-\tline')
  await treeWith(file(world.folder, 'one.patch', fixed))
  expect(readFileSync(join(world.folder, 'tree/run.sh'), 'utf8')).toBe('#!/bin/sh\n')
  expect(readFileSync(join(world.folder, 'tree/a.c'), 'utf8')).toBe(text((a) => a.splice(0, 1, '0')))
})

/** A client that sends format=flowed (RFC 3676, 4.2): a stand-in. It breaks lines at blanks, and stuffs what begins with one. */
function flowed(mail: string, deleteSpace: boolean): string {
  const [head, ...body] = mail.split('\n\n')
  const type = `Content-Type: text/plain; charset=UTF-8; format=flowed${deleteSpace ? '; delsp=yes' : ''}`
  const lines = body.join('\n\n').split('\n')
  const sent = lines.flatMap((line) =>
    line === '-- '
      ? [line]
      : line.match(/.{1,60}\S*(?: +(?=\S)|$)|^$/g)!.map((part, n, all) => {
          const soft = n < all.length - 1
          return `${/^( |>|From )/.test(part) ? ' ' : ''}${part}${soft && deleteSpace ? ' ' : ''}`
        }),
  )
  return `${head!.replaceAll(/^(MIME-Version|Content-.*):.*\n?/gm, '').trimEnd()}\nMIME-Version: 1.0\n${type}\n\n${sent.join('\n')}`
}

it.each([true, false])('format=flowed is undone as git am does, with DelSp: %s', async (deleteSpace) => {
  const patch = git(origin, 'format-patch', '--stdout', '-1', 'flowed')
  const path = file(
    join(world.folder, 'mails'),
    'x.eml',
    latin1(flowed(Buffer.from(patch.slice(patch.indexOf('\n') + 1)).toString('latin1'), deleteSpace)),
  )
  expect(
    readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.length > 120),
  ).toEqual([])
  expect(await treeWith(path)).toBe(git(origin, 'rev-parse', 'flowed^{tree}'))
  const am = join(world.folder, 'am')
  cpSync(origin, am, { recursive: true })
  git(am, 'am', '-q', path)
  expect(git(am, 'rev-parse', 'HEAD^{tree}')).toBe(git(origin, 'rev-parse', 'flowed^{tree}'))
})
